# Read by CMake right after `project(llama_cpp)` of the llama-cpp-python source (CMAKE_PROJECT_llama_cpp_INCLUDE).
#
# That source forces llama.cpp's "common" library on: chat parsers, a model downloader and an HTTP client that the
# Python binding never loads. A plain variable set here hides the forced cache entry (policy CMP0126), so the library
# is not built: less to compile, and no network code in the installed engine.
set(LLAMA_BUILD_COMMON OFF)
