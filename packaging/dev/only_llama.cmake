# Read by CMake right after `project(llama_cpp)` of the llama-cpp-python source (CMAKE_PROJECT_llama_cpp_INCLUDE).
#
# That source forces llama.cpp's "common" library on: chat parsers, a model downloader and an HTTP client that the
# Python binding never loads. A plain variable set here hides the forced cache entry (policy CMP0126), so the library
# is not built: less to compile, and no network code in the installed engine.
set(LLAMA_BUILD_COMMON OFF)

# GCC before 14 drops most of what `_tile_loadconfig` is given (GCC bug 114098), and the engine dies with a general
# protection fault on processors that have AMX. Without that macro llama.cpp takes its AVX-512 code instead.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  add_compile_options(-U__AMX_INT8__)
endif()
