"""The words of made-up tickets: people, places, products and what goes wrong with them."""


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


FIRST_NAMES = _split(
    "Dana Priya Tomas Kelly Marcus Ingrid Aisha Ben Carla Dmitri Elena Farid Grace Hanna Ivan Julia Kwame Laura Milan "
    "Nadia Oscar Paula Quentin Rosa Samir Tanja Umar Vera Wendy Xavier Yasmin Zoltan Agnes Boris Chloe Daniel Esther "
    "Fiona Gregor Helene Imran Jonas Karin Leon Maya Noel Olga Pedro Ruth Stefan Tessa Ulrich Viktor Wanda Yannick "
    "Zora Amara Bruno Cecilia Derek Emil Frida Gustav Hugo Irene Joseph Katja Lorenzo Miriam Nils Odette Patrick Renata "
    "Sven Theresa Ursula Valentin Walter Ximena Yuki Zainab Åsa Björn Chloé Désirée Jürgen Zoë"
)
LAST_NAMES = _split(
    "Whitfield Nair Lind Morris Okafor Petrov Schmidt Larsen Haddad Novak Costa Meyer Dubois Rossi Kaya Singh Tanaka "
    "Kowalski Jensen Moreau Silva Fischer Becker Wagner Schulz Hoffmann Koch Richter Klein Wolf Neumann Schwarz Braun "
    "Hofmann Hartmann Lange Krause Werner Lehmann Maier Kaiser Fuchs Vogel Friedrich Keller Berger Winkler Roth Baumann "
    "Franke Albrecht Ludwig Winter Simon Kraus Martin Schreiber Graf Brandt Dietrich Kuhn Pohl Engel Horn Busch "
    "Bergmann Voigt Sauer Arnold Pfeiffer Andersson Eriksson Nilsson Persson Gustafsson Hansen Olsen Berg Haugen "
    "Virtanen Korhonen Laine Heikkinen Mazur Wójcik Zieliński Szymański Dąbrowski Horváth Szabó Tóth Varga Ionescu "
    "Popescu Dimitrov Georgiev Papadopoulos Yılmaz Demir Cohen Levy Mansour Rahman Chowdhury Patel Sharma Reddy Iyer "
    "Fernandes Oliveira Santos García Martínez López O'Brien Murphy Gallagher Campbell Stewart Robertson Hughes Griffiths"
)
AGENTS = (
    "Priya Nair", "Tomas Lind", "Marcus Okafor", "Ingrid Larsen", "Aisha Haddad", "Elena Novak", "Ben Gallagher",
    "Carla Costa", "Dmitri Petrov", "Hanna Virtanen",
)  # fmt: skip
SITES = (
    "Bristol", "Hamburg", "Rotterdam", "Gdańsk", "Lisbon", "Malmö", "Trieste", "Antwerp", "Liverpool", "Bergen",
    "Marseille", "Kraków",
)  # fmt: skip
DEPARTMENTS = (
    "dispatch", "payroll", "customs", "warehouse", "purchasing", "accounting", "legal", "marketing", "reception",
    "the workshop", "quality control", "human resources", "claims", "the control room", "shipping", "sales",
    "engineering", "training", "facilities", "treasury", "the laboratory", "planning",
)  # fmt: skip
MODELS = (
    "Latitude 5440", "Latitude 7330", "OptiPlex 7010", "EliteBook 840", "ProBook 450", "ThinkPad T14", "ThinkPad X1",
    "ThinkCentre M70q", "MacBook Air M2", "MacBook Pro 14", "Surface Laptop 5", "Precision 3581", "ZBook Firefly",
    "LaserJet M507", "WorkCentre 7845", "bizhub C300i", "ECOSYS P3155dn", "TC57 handheld", "ZT411 label printer",
    "iPhone 14", "Galaxy XCover 6", "Pixel 7a",
)  # fmt: skip
SYSTEMS = (
    "Windows 11 23H2", "Windows 11 22H2", "Windows 10 22H2", "Windows Server 2022", "macOS 14.5", "Ubuntu 22.04",
    "Debian 12", "Android 13", "iOS 17.4",
)  # fmt: skip
PRODUCTS = (
    "Outlook", "Teams", "Excel", "Word", "PowerPoint", "OneDrive", "SharePoint", "SAP GUI", "Citrix Workspace",
    "AnyConnect", "GlobalProtect", "OpenVPN", "FortiClient", "Chrome", "Firefox", "Edge", "Acrobat Reader", "AutoCAD",
    "SolidWorks", "Photoshop", "Illustrator", "Zoom", "Webex", "Jabber", "Slack", "Confluence", "Jira", "Salesforce",
    "Dynamics", "Navision", "DocuWare", "DATEV", "Power BI", "Tableau", "MATLAB", "VMware Horizon", "VirtualBox",
    "Docker Desktop", "Visual Studio", "PuTTY", "WinSCP", "FileZilla", "Notepad++", "KeePass", "Bitwarden", "LibreOffice",
    "Thunderbird", "Lotus Notes", "Remote Desktop", "TeamViewer", "AnyDesk", "CargoWise", "TimeTrack", "PayrollPlus",
    "BarTender", "Kofax", "OneNote", "Viva Engage", "Intune", "Defender", "Sophos", "BitLocker", "FileVault",
)  # fmt: skip
DEVICES = (
    "laptop", "docking station", "monitor", "headset", "keyboard", "printer", "scanner", "label printer", "tablet",
    "phone", "webcam", "projector", "switch", "access point", "badge reader", "barcode scanner", "thin client",
    "conference unit", "network drive", "power supply",
)  # fmt: skip
CATEGORIES = {
    "Network": (
        _split("no_network slow_network wifi_drops vpn dns"),
        ("LAN", "Wireless", "VPN", "Firewall"),
        (
            "No network on {host} since this morning", "VPN with {product} drops every {n} minutes",
            "Wi-Fi in {room} loses the connection", "{product} cannot reach {server}", "Name resolution fails for {server}",
            "Very slow network in {department}", "Socket {room} is dead after the move",
        ),
    ),
    "Access": (
        _split("account_locked password_reset mfa permission certificate"),
        ("Active Directory", "Single sign-on", "Certificates", "Multi-factor"),
        (
            "Account {user} is locked again", "Password of {user} has expired", "No permission for the share {share}",
            "Second factor does not arrive on the {device}", "Certificate for {server} is not trusted",
            "New colleague in {department} needs access to {product}", "{product} asks for the password again and again",
        ),
    ),
    "Hardware": (
        _split("no_power broken_screen battery noise docking"),
        ("Workplace", "Mobile devices", "Meeting rooms"),
        (
            "The {device} does not switch on", "Battery of {host} lasts {n} minutes", "{model}: screen flickers on the dock",
            "Replacement for a broken {device} in {room}", "{model} makes a loud noise", "Coffee over the {device}",
        ),
    ),
    "Software": (
        _split("crash slow_computer install licence update"),
        ("Office", "Business applications", "Software distribution"),
        (
            "{product} crashes with {code}", "{product} is very slow after update {kb}", "Please install {product} on {host}",
            "No licence left for {product}", "{product} opens with an empty window", "{product} shows error {code} at start",
        ),
    ),
    "Mail": (
        _split("no_mail calendar full_mailbox spam delivery"),
        ("Exchange", "Mail gateway", "Calendar"),
        (
            "Mail to {user}@{domain} comes back", "Mailbox of {user} is full", "Shared calendar of {department} is empty",
            "Suspicious mail with an attachment from {domain}", "Out of office does not end for {user}",
        ),
    ),
    "Printing": (
        _split("no_printing paper_jam driver scan queue"),
        ("Print", "Scan to mail"),
        (
            "Printer {printer} prints nothing", "Paper jam in {printer} again", "{printer} prints half pages from {product}",
            "Scan to mail from {room} fails with {code}", "Queue on {server} is stuck",
        ),
    ),
    "Servers": (
        _split("disk_full service_down backup_failed certificate reboot"),
        ("File service", "Database", "Backup", "Virtualisation"),
        (
            "Disk on {server} is {percent} percent full",
            "Service {service} on {server} is down", "Backup of {server} failed: {code}",
            "{server} restarted without a reason", "Share {share} is read-only",
        ),
    ),
    "Requests": (
        _split("joiner leaver move hardware_request phone"),
        ("Onboarding", "Procurement", "Telephony"),
        (
            "New {model} for {department}", "Joiner in {department} on Monday", "Leaver: close the account {user}",
            "Move {n} desks to {room}", "Phone number for {room}", "Loan {device} for a fair",
        ),
    ),
}  # fmt: skip
OPENINGS = (
    "Hello, {product} on {host} does not work as it did yesterday.",
    "Since the restart this morning my {device} behaves strangely and I cannot finish what {department} is waiting for.",
    "We are {n} people in {department}, room {room}, and all of us see the same message in {product}.",
    "After the update {kb} was installed overnight, {product} answers with {code}.",
    "I moved from {room} to another desk, and since then {host} does not find {server}.",
    "The {device} in {room} was replaced last week and has never worked properly.",
    "A customer called because our replies to {domain} never arrive.",
    "Every day at about {hour}:{minute} the connection to {server} is lost for {n} minutes.",
    "I am on the road with the {model} and need to get into {product} before noon.",
    "Our supervisor asked me to report this: {product} lost the last {n} entries.",
    "Monitoring reports {service} on {server} as critical, threshold {percent} percent.",
    "Good morning, sorry to bother you again with the {device}, but it is still not mended.",
    "Please help, the deadline for {department} is today and {share} cannot be opened.",
    "When I start {product} the window stays white, then it closes without a word.",
    "The label on the machine says {host}, serial {serial}, model {model}.",
    "Somebody in {department} changed the settings, and now nobody can print to {printer}.",
)
MIDDLES = (
    "The message says: {code}, module {module}.",
    "It says “The remote server returned an error, reference {serial}”.",
    "I already restarted twice, pulled the cable and tried another socket, without any change.",
    "On my colleague's {model} in {room} everything works, so it cannot be {server}.",
    "Task manager shows {module} at {percent} percent processor time and memory rises slowly.",
    "Ping to {address} works, but {server} does not answer on port {port}.",
    "The event log names source {module}, identifier {event}, {n} times within the hour.",
    "It began at {hour}:{minute}, shortly after the battery alarm in the basement.",
    "Our account manager at {domain} says nothing was altered on their side.",
    "I cleared the cache, removed the profile and signed in again as {user}.",
    "The light on the {device} blinks orange three times and then stays dark.",
    "The file lies on {share} and is {n} megabytes large.",
    "Version is {version}, installed from the software centre last Thursday.",
    "Without it we write delivery notes by hand, which costs each of us half the morning.",
    "In the browser I get a grey page that mentions {code} and a request number {serial}.",
    "The vendor's help desk wants a trace from {host} and the output of the diagnostic tool.",
    "There are {n} jobs waiting, the oldest from {hour}:{minute}.",
    "Disk space is fine, {percent} percent are free on drive D.",
    "With the phone as hotspot it works at once, only the office network refuses.",
    "Event {event} appears in the protocol whenever the screen saver starts.",
    "The certificate ends in {n} days and names {server} as its subject.",
    "It happens mostly after lunch, rarely in the evening, and never on weekends.",
)
CLOSINGS = (
    "Please call me under extension {port}, I am in {room} until four.",
    "Nobody in {department} can work around it.",
    "It is not urgent, next week is early enough.",
    "If you need the machine, it stands in {room}, the door is open.",
    "Could you have a look before the audit starts?",
    "My deputy {name} knows about it as well.",
    "Thanks in advance, and thanks for the quick help last time.",
    "You may take over the screen at any time, just ring first.",
    "A screenshot is with {name}.",
    "This is report number {n} about it, please do not close it again without asking.",
)
REPLIES = (
    "Any news? {department} is asking again.",
    "It worked for an hour, then {code} came back.",
    "I tried what you wrote: {product} now starts, but {module} still stops.",
    "Here is what you asked for: address {address}, host {host}, version {version}.",
    "That helped, everything is fine on {host} now. You may close this.",
    "Today it is {name}'s machine too, same message.",
    "I will be away from tomorrow; please ask {name} in {room}.",
    "Sorry, I was mistaken: the {device} is the one in {room}.",
)
NOTES = (
    "Checked {server}: {service} runs, event {event} from {module} at {hour}:{minute}. Not the cause.",
    "Rolled back {kb} on {host}. Waiting for confirmation.",
    "Reset the profile of {user}, cleared cached credentials, forced a policy refresh.",
    "Port {port} was closed on the firewall since the change last night; asked the network team to open it.",
    "Replaced the {device}. Old serial {serial} goes back to the vendor.",
    "Known problem with {product} {version}; the workaround is to disable {module}.",
    "Called back, nobody answered, left a message with {name}.",
    "Disk on {server} cleaned, {percent} percent free again, archive moved to {share}.",
    "Handed over to the second level with logs, {code} reproduced on {model}.",
    "Driver for {printer} reinstalled, {n} stuck jobs deleted, test page is fine.",
)
ANSWERS = (
    "Please restart {host} once and tell me whether {product} still shows {code}.",
    "We found a fault on {server} and mended it at {hour}:{minute}. Please try again.",
    "A new {device} is on its way to {room}; it should arrive in {n} days.",
    "Your account {user} is unlocked. Please change the password on your phone as well.",
    "I need the serial number and a picture of the message, please.",
    "The licence for {product} is assigned; sign out and in again.",
    "This is a known fault of update {kb}. A corrected version comes with the next maintenance.",
)
MODULES = _split(
    "ntdll.dll kernelbase.dll msvcr120.dll mso20win32client.dll outllibr.dll vpnagent.exe spoolsv.exe lsass.exe svchost.exe "
    "explorer.exe dwm.exe wuauserv netlogon dhcpclient dnsapi.dll schannel kerberos tpmvsc bitlocker.sys storport.sys "
    "nvlddmkm igdkmd64 rtwlane.sys netwtw10.sys usbhub3.sys wudfrd sapgui.exe wfica32.exe teamsaddin onedrive.exe acrord32.exe "
    "chromium cupsd systemd-resolved sssd networkmanager launchd coreaudiod windowserver docker-proxy postgres mysqld"
)
SERVICES = _split(
    "Spooler W32Time Netlogon MSSQLSERVER VeeamBackup IISADMIN DFSR DHCPServer DNS CertSvc nginx postgresql smbd cron rsyslog "
    "sshd docker tomcat9 elasticsearch rabbitmq redis grafana zabbix-agent splunkd haproxy postfix dovecot chronyd keepalived"
)
SHARES = _split(
    "projects archive finance scans templates customs manifests timesheets contracts drawings quality exports"
)
TAGS = _split(
    "vpn wifi printer mail password mfa licence update dock battery sap citrix backup certificate joiner leaver vip hardware "
    "recurring vendor security phishing scanner label payroll audit mobile citrix-farm branch-office move lockout slow"
)
DOMAINS = _split(
    "harbourline.example northfreight.example clearwater.example brightports.example quayside.example tidewater.example "
    "millstone.example kestrel.example oakbridge.example"
)
