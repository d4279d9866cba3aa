; Yaotai for Windows: an installer around PyInstaller's one-folder build.
; WRITTEN, NEVER RUN: PyInstaller does not build for Windows from another system. On Windows:
;   .venv\Scripts\python -m PyInstaller --noconfirm installer\yaotai.spec
;   makensis /DVERSION=0.1.0 installer\windows\yaotai.nsi
Unicode true
!ifndef VERSION
  !define VERSION "0.0.0"
!endif
!include "MUI2.nsh"

Name "药台 Yaotai"
OutFile "..\..\dist\yaotai_${VERSION}_setup.exe"
InstallDir "$PROGRAMFILES64\Yaotai"
RequestExecutionLevel admin
SetCompressor /SOLID lzma

!insertmacro MUI_PAGE_LICENSE "..\..\LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

Section
  SetOutPath "$INSTDIR"
  File /r "..\..\dist\yaotai\*.*"
  CreateDirectory "$SMPROGRAMS\Yaotai"
  CreateShortcut "$SMPROGRAMS\Yaotai\药台.lnk" "$INSTDIR\yaotai.exe"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Yaotai" "DisplayName" "药台 Yaotai"
  WriteRegStr HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Yaotai" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Yaotai" "UninstallString" '"$INSTDIR\uninstall.exe"'
SectionEnd

; The till's books and keys lie in the user's own data folder and are not touched here.
Section "Uninstall"
  RMDir /r "$INSTDIR"
  RMDir /r "$SMPROGRAMS\Yaotai"
  DeleteRegKey HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Yaotai"
SectionEnd
