/* The far end of the signing keys: SKF (GM/T 0016) over folders; openssl makes the signatures.
 *
 * FOLDER/NAME/ is a key: plugged, key.pem, cert.der, pin, tries. FOLDER/fault says what goes wrong
 * at the next signature. One application, two containers; the second has no certificate.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned int ULONG;
typedef int BOOL;
typedef unsigned char BYTE;

typedef struct { char name[256]; int unlocked; } KEY;
typedef struct { KEY *key; int is_second; } CONTAINER;

static void path_of(char *path, const KEY *key, const char *file) {
    snprintf(path, 4096, "%s/%s/%s", FOLDER, key->name, file);
}

static int is_plugged(const KEY *key) {
    char path[4096];
    path_of(path, key, "plugged");
    return access(path, F_OK) == 0;
}

static long content(const char *path, BYTE *room, long size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return -1;
    long got = (long)fread(room, 1, size, file);
    fclose(file);
    return got;
}

static ULONG list_of(const char **names, int count, char *list, ULONG *size) {
    ULONG wanted = 1;
    for (int i = 0; i < count; i++) wanted += strlen(names[i]) + 1;
    if (list == NULL) { *size = wanted; return 0; }
    if (*size < wanted) { *size = wanted; return 0x0A000020; }
    char *at = list;
    for (int i = 0; i < count; i++) { strcpy(at, names[i]); at += strlen(names[i]) + 1; }
    *at = 0;
    *size = wanted;
    return 0;
}

ULONG SKF_EnumDev(BOOL present, char *list, ULONG *size) {
    static char kept[16][256];
    const char *names[16];
    int count = 0;
    DIR *folder = opendir(FOLDER);
    struct dirent *one;
    while (folder != NULL && (one = readdir(folder)) != NULL && count < 16) {
        KEY key = {{0}, 0};
        snprintf(key.name, sizeof key.name, "%s", one->d_name);
        if (one->d_name[0] == '.' || !is_plugged(&key)) continue;
        strcpy(kept[count], key.name);
        names[count] = kept[count];
        count++;
    }
    if (folder != NULL) closedir(folder);
    printf("chatter of a library\n");
    fflush(stdout);
    return list_of(names, count, list, size);
}

ULONG SKF_ConnectDev(const char *name, void **handle) {
    KEY *key = calloc(1, sizeof(KEY));
    snprintf(key->name, sizeof key->name, "%s", name);
    if (!is_plugged(key)) { free(key); return 0x0A000023; }
    *handle = key;
    return 0;
}

ULONG SKF_DisConnectDev(void *device) { free(device); return 0; }

ULONG SKF_EnumApplication(void *device, char *list, ULONG *size) {
    const char *names[] = {"PRACTICE"};
    if (!is_plugged(device)) return 0x0A000023;
    return list_of(names, 1, list, size);
}

ULONG SKF_OpenApplication(void *device, const char *name, void **handle) {
    if (!is_plugged(device)) return 0x0A000023;
    if (strcmp(name, "PRACTICE") != 0) return 0x0A00002E;
    *handle = device;
    return 0;
}

ULONG SKF_CloseApplication(void *application) { ((KEY *)application)->unlocked = 0; return 0; }

ULONG SKF_EnumContainer(void *application, char *list, ULONG *size) {
    const char *names[] = {"SIGN", "EMPTY"};
    return list_of(names, 2, list, size);
}

ULONG SKF_OpenContainer(void *application, const char *name, void **handle) {
    CONTAINER *made = calloc(1, sizeof(CONTAINER));
    made->key = application;
    made->is_second = strcmp(name, "SIGN") != 0;
    *handle = made;
    return 0;
}

ULONG SKF_CloseContainer(void *container) { free(container); return 0; }

ULONG SKF_ExportCertificate(void *container, BOOL sign, BYTE *room, ULONG *size) {
    CONTAINER *from = container;
    char path[4096];
    BYTE held[8192];
    path_of(path, from->key, "cert.der");
    long got = from->is_second || !sign ? -1 : content(path, held, sizeof held);
    if (got < 0) return 0x0A00001C;
    if (room != NULL && *size < (ULONG)got) { *size = got; return 0x0A000020; }
    if (room != NULL) memcpy(room, held, got);
    *size = got;
    return 0;
}

static int tries_of(const KEY *key) {
    char path[4096];
    BYTE text[16] = {0};
    path_of(path, key, "tries");
    content(path, text, sizeof text - 1);
    return atoi((char *)text);
}

static void keep_tries(const KEY *key, int tries) {
    char path[4096];
    path_of(path, key, "tries");
    FILE *file = fopen(path, "w");
    fprintf(file, "%d", tries);
    fclose(file);
}

ULONG SKF_VerifyPIN(void *application, ULONG type, const char *pin, ULONG *left) {
    KEY *key = application;
    char path[4096];
    BYTE right[64] = {0};
    if (!is_plugged(key)) return 0x0A000023;
    if (type != 1) return 0x0A00002A;
    if (strlen(pin) < 6 || strlen(pin) > 16) return 0x0A000027;
    int tries = tries_of(key);
    *left = tries;
    if (tries == 0) return 0x0A000025;
    path_of(path, key, "pin");
    content(path, right, sizeof right - 1);
    if (key->unlocked) return 0; /* as some do: an open key asks nothing */
    if (strcmp(pin, (char *)right) != 0) {
        keep_tries(key, tries - 1);
        *left = tries - 1;
        return 0x0A000024;
    }
    keep_tries(key, 3);
    key->unlocked = 1;
    return 0;
}

ULONG SKF_ClearSecureState(void *application) { ((KEY *)application)->unlocked = 0; return 0; }

/* One INTEGER of DER, right-aligned into 64 bytes; answers where it ends. */
static BYTE *integer(BYTE *at, BYTE *half) {
    int length = at[1];
    BYTE *value = at + 2;
    memset(half, 0, 64);
    while (length > 32) { value++; length--; }
    memcpy(half + 64 - length, value, length);
    return value + length;
}

ULONG SKF_ECCSignData(void *container, BYTE *data, ULONG length, BYTE *signature) {
    CONTAINER *by = container;
    char path[4096], from[4096], command[12288];
    BYTE fault[16] = {0}, der[256] = {0};
    if (!is_plugged(by->key)) return 0x0A000023;
    if (!by->key->unlocked) return 0x0A00002D;
    if (length != 32) return 0x0A000010;
    snprintf(path, sizeof path, "%s/fault", FOLDER);
    content(path, fault, sizeof fault - 1);
    if (strcmp((char *)fault, "crash") == 0) abort();
    if (strcmp((char *)fault, "hang") == 0) for (;;) pause();
    if (strcmp((char *)fault, "pull") == 0) {
        path_of(path, by->key, "plugged");
        unlink(path);
        return 0x0A000023;
    }
    if (strcmp((char *)fault, "forge") == 0) data[0] ^= 1;
    path_of(from, by->key, "digest");
    FILE *file = fopen(from, "wb");
    fwrite(data, 1, length, file);
    fclose(file);
    path_of(path, by->key, "key.pem");
    snprintf(command, sizeof command, "'%s' pkeyutl -sign -inkey '%s' -in '%s' 2>/dev/null",
             OPENSSL, path, from);
    FILE *openssl = popen(command, "r");
    size_t got = openssl == NULL ? 0 : fread(der, 1, sizeof der, openssl);
    if (openssl == NULL || pclose(openssl) != 0 || got < 8 || der[0] != 0x30) return 0x0A000001;
    integer(integer(der + 2, signature), signature + 64);
    return 0;
}
