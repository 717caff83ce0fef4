import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copilot.coach.context import SecretKind
from copilot.domain.coaching import Severity
from tests.helpers.coach_kit import coach, examine, real_texts, shared_data

# Put together here, so that no scanner takes this file for a leak.
GITHUB = "gh" + "p_" + "a1B2" * 9
AWS = "AK" + "IA" + "IOSFODNN7EXAMPLE"
SLACK = "xo" + "xb-" + "123456789012-abcdef"
JWT = "ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlMTIz"
OPENAI = "s" + "k-proj-" + "abcd1234" * 4
RECOVERY = "-".join(["482913"] * 8)

SECRETS = [
    ("pw is Winter2024!", "Winter2024!"),
    ("ID/PW: master/x9", "x9"),
    ("id/pw = master / x9y", "x9y"),
    ("password: hunter2", "hunter2"),
    ("password: 123456", "123456"),
    ("Password:\nXy12345!", "Xy12345!"),
    ("the password he gave is Sommer#2024", "Sommer#2024"),
    ("Passwort: Geheim123", "Geheim123"),
    ("das Passwort ist Geheim123", "Geheim123"),
    ("비밀번호: Xy12345!", "Xy12345!"),
    ('"password" : "Xy12345!"', "Xy12345!"),
    ("password (Winter2024!)", "Winter2024!"),
    ("User ID - bob, Password - Tr0ub4dor&3", "Tr0ub4dor&3"),
    ("bob's password was reset to Welcome123 yesterday", "Welcome123"),
    ("use pw Sommer2024! please", "Sommer2024!"),
    ("his password, Winter2024!, does not work", "Winter2024!"),
    ("Winter2024! is my password", "Winter2024!"),
    ("username and password: jdoe / Winter2024", "Winter2024"),
    ("credentials: bob / Tr0ub4dor&3", "Tr0ub4dor&3"),
    ("login with jdoe / Winter2024!", "Winter2024!"),
    ("she logged in as jdoe with Winter2024!", "Winter2024!"),
    ("10.0.0.5 (root / Xy12345!)", "Xy12345!"),
    ("her pin is 4821", "4821"),
    ("PIN: 4821", "4821"),
    ("curl -u bob:hunter2 https://x.example", "hunter2"),
    (r"net use Z: \\srv\share /user:corp\bob Passw0rd", "Passw0rd"),
    (r"net use Z: \\srv\share Passw0rd /user:corp\bob", "Passw0rd"),
    ("net user bob Passw0rd1 /add", "Passw0rd1"),
    ("Server=db1;User Id=sa;Password=Passw0rd1;", "Passw0rd1"),
    ("postgres://app:s3cret@db/app", "s3cret"),
    (f"the call with {GITHUB} fails", GITHUB),
    (f"key {AWS} is refused", AWS),
    (f"{SLACK} in the config", SLACK),
    (f"cookie {JWT}", JWT),
    (f"uses {OPENAI}", OPENAI),
    ("Authorization: Bearer abc123def456ghi789", "abc123def456ghi789"),
    ("api_key = 9f86d081884c7d659a2f", "9f86d081884c7d659a2f"),
    (f"recovery key {RECOVERY}", RECOVERY),
    ("the MFA code is 482 913", "482 913"),
    ("OTP: 482913", "482913"),
]

HARMLESS = [
    "password is expired",
    "The user forgot his password",
    "password policy: 12 characters",
    "the password is incorrect",
    "password is not working",
    "# password: keep empty",
    "Reset the password for FIN-LT-0231",
    "password prompt error: 0x80070005",
    "password sync fails with AADSTS50126",
    "MFA fails with error 500121",
    "The password field in Windows11 is greyed out",
    "he typed the password: nothing happened",
    "password: <PASSWORD_1>",
    "password: ********",
    "password=%PASS%",
    "authentication failed 123456 times since build 19045",
    "The password expires in 14 days",
    "pin the taskbar icon",
    "password for user jdoe2@example.com is locked",
    "Outlook asks for the password since KB5034441",
    "verification of ticket 482913",
    "login: see KB0012345",
    "ID: 4471 / Order 8823",
    "password hash sync to Azure AD Connect v2.1.16.0",
    "passwordless sign-in with FIDO2",
    "Set password to never expire",
    "192.168.1.1 GET /index HTTP/1.1",
    "SeaMonkey 2.53.1 ignores saved passwords",
    "token expired",
    "Activation key : ZAQWS-XCDER-*****-VBGTR-FRTGU",
    "ssh -p 2222 host",
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_is_found_and_blocks(text: str, secret: str) -> None:
    assert secret in [hit.span.of(text) for hit in coach().find_secrets(text)]
    report = examine(text)
    assert report.blocks
    assert not report.ready
    assert all(
        found.replacement and found.span for found in report.findings if found.severity is Severity.BLOCK
    )


@pytest.mark.parametrize("text", HARMLESS)
def test_talk_about_passwords_is_no_secret(text: str) -> None:
    assert coach().find_secrets(text) == ()
    assert not examine(text).blocks


def test_a_private_key_is_masked_whole() -> None:
    body = "MIIEpAIBAAKCAQEA7\nq83vkZ0h\n"
    text = f"key:\n-----BEGIN RSA {'PRIVATE'} KEY-----\n{body}-----END RSA {'PRIVATE'} KEY-----\nrefused"
    masked = coach().mask(text)
    assert "MIIE" not in masked.text
    assert "q83v" not in masked.text
    assert [hit.kind for hit in masked.hits] == [SecretKind.KEY]
    assert masked.text.endswith("refused")


def test_the_same_value_gets_the_same_mask_also_where_no_label_stands() -> None:
    text = f"pw: Abc123! for bob, pin: 4821. He typed Abc123! twice; {GITHUB} is another."
    masked = coach().mask(text)
    assert masked.text == (
        "pw: <PASSWORD_1> for bob, pin: <PASSWORD_2>. He typed <PASSWORD_1> twice; <TOKEN_1> is another."
    )
    assert [hit.span.of(text) for hit in masked.hits] == ["Abc123!", "4821", "Abc123!", GITHUB]


def test_a_mask_that_is_there_already_is_not_given_out_again() -> None:
    assert coach().mask("old <PASSWORD_4>, new pw: Abc123!").text == "old <PASSWORD_4>, new pw: <PASSWORD_5>"


def test_a_secret_behind_the_first_pass_still_blocks() -> None:
    text = "line of a log\n" * 1_000 + "pw: Abc123!"
    report = examine(text)
    assert report.blocks
    assert [found.span.of(text) for found in report.findings if found.span] == ["Abc123!"]


def test_every_form_of_the_pair_sample_is_found() -> None:
    text = shared_data("secret_forms/doc_passwd_pair.txt").read_text(encoding="utf-8")
    missed = [line for line in text.splitlines() if line.strip() and not coach().find_secrets(line)]
    assert missed == []


def test_no_line_of_the_negative_sample_is_found() -> None:
    text = shared_data("secret_forms/doc_credentials_n.NEG.txt").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if coach().find_secrets(line)] == []


def test_at_most_one_real_text_in_a_hundred_is_blocked() -> None:
    texts = real_texts()
    blocked = [text for text in texts if coach().find_secrets(text)]
    assert len(blocked) <= len(texts) / 100


PIECES = st.sampled_from(
    [
        "password",
        "pw",
        "PIN",
        ":",
        "=",
        " is ",
        "/",
        "(",
        ")",
        ",",
        "'",
        '"',
        "\n",
        "x9!Aa1",
        "Winter2024!",
        "<PASSWORD_1>",
        "ID/PW",
        "root",
        "10.0.0.5",
        "curl -u",
        "otp",
        "482913",
        "비번",
        "İ",
        "는",
        "\ud800",
        "<TOKEN_",
        "_2>",
        " ",
        "://a:",
        "@b",
        GITHUB,
    ]
)
HOSTILE = st.one_of(st.text(), st.lists(PIECES, max_size=25).map("".join))


@given(HOSTILE)
@example("password: pw: x9!Aa1 Aa1!x9")
def test_masking_leaves_no_secret_and_keeps_everything_else(text: str) -> None:
    masked = coach().mask(text)
    assert coach().find_secrets(masked.text) == ()
    rest = text
    for hit in sorted(masked.hits, key=lambda hit: -hit.span.start):
        rest = rest[: hit.span.start] + "\0" + rest[hit.span.end :]
    added = re.sub(r"<(?:PASSWORD|TOKEN|KEY)_\d+>", "\0", masked.text)
    assert added == re.sub(r"<(?:PASSWORD|TOKEN|KEY)_\d+>", "\0", rest)


@given(HOSTILE)
def test_hits_are_in_order_inside_the_text_and_apart(text: str) -> None:
    hits = coach().find_secrets(text)
    ends = [0, *(hit.span.end for hit in hits)]
    assert all(
        before <= hit.span.start < hit.span.end <= len(text) for before, hit in zip(ends, hits, strict=False)
    )
