@echo off
rem Yaotai on Windows: the same idea as the bash script beside it.
rem Written from that script and NOT TESTED on a Windows machine yet.
rem Needs Python 3.11 or 3.12 from python.org (with its "py" launcher).
setlocal EnableExtensions
set "ROOT=%~dp0"
set "ROOT=%ROOT:~0,-1%"
set "VENV=%ROOT%\.venv"
set "PYTHON=%VENV%\Scripts\python.exe"
set "PYTHONUTF8=1"

rem The stamp is a copy of the lock file that the environment was made from.
if exist "%PYTHON%" if exist "%VENV%\.yaotai-lock" (
  fc /b "%ROOT%\requirements.lock" "%VENV%\.yaotai-lock" >nul 2>&1 && goto run
)

set "BASE="
for %%V in (3.12 3.11) do if not defined BASE (
  py -%%V -c "import venv, ensurepip" >nul 2>&1 && set "BASE=py -%%V"
)
if not defined BASE (
  echo yaotai: Python 3.11 or 3.12 is needed; install it from python.org and try again. 1>&2
  exit /b 1
)
echo yaotai: making the Python environment in %VENV% 1>&2
set "WANTS_PCSC="
if exist "%VENV%\.yaotai-wants-pcsc" set "WANTS_PCSC=1"
if exist "%VENV%" rmdir /s /q "%VENV%"
%BASE% -m venv "%VENV%" 1>&2 || exit /b 1
rem uv itself comes from the lock too, checked by its hashes.
"%PYTHON%" -c "import re, sys; text = open(sys.argv[1], encoding='utf-8').read(); print(re.search(r'(?ms)^uv==.*?(?=^\S|\Z)', text)[0])" "%ROOT%\requirements.lock" > "%VENV%\uv.lock" || exit /b 1
"%PYTHON%" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "%VENV%\uv.lock" 1>&2 || exit /b 1
set "VIRTUAL_ENV=%VENV%"
"%VENV%\Scripts\uv.exe" pip sync --quiet --require-hashes "%ROOT%\requirements.lock" 1>&2 || exit /b 1
rem Compiled here for a first start as quick as the others. After an update Python keeps what it
rem compiled by itself; batch files know no cheap way to ask which of many files is newer.
"%PYTHON%" -m compileall -q "%ROOT%\app" "%ROOT%\devices" "%ROOT%\sync" "%ROOT%\ui" 1>&2
copy /y "%ROOT%\requirements.lock" "%VENV%\.yaotai-lock" >nul
if defined WANTS_PCSC call :pcsc

:run
if /i "%~1"=="devices" if /i "%~2"=="pcsc" call :pcsc
set "PYTHONPATH=%ROOT%"
if /i "%~1"=="test" (
  "%PYTHON%" -P -m ui.commands.checks %2 %3 %4 %5 %6 %7 %8 %9
) else (
  "%PYTHON%" -P -m ui %*
)
exit /b %ERRORLEVEL%

rem Card readers by PC/SC, where they were asked for: pyscard has a lock file of its own.
:pcsc
set "VIRTUAL_ENV=%VENV%"
"%VENV%\Scripts\uv.exe" pip install --quiet --require-hashes --no-deps -r "%ROOT%\requirements-pcsc.lock" 1>&2 || exit /b 1
type nul > "%VENV%\.yaotai-wants-pcsc"
exit /b 0
