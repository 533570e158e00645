#include "disk.h"

#include <stdlib.h>
#include <string.h>

// What SQLite calls. Files that are not on a disk go to what was SQLite's file system before.

static sqlite3_vfs *machine;

bool handle_is_dead(const struct handle *handle) {
    return handle->life != handle->disk->life || handle->disk->is_off || handle->disk->is_gone;
}

static int file_close(sqlite3_file *file) {
    struct handle *handle = (struct handle *)file;
    struct phusa_disk *disk = handle->disk;
    shm_unmap(file, 0);
    pthread_mutex_lock(&disk->mutex);
    lock_give(handle->contents, handle, &handle->lock, SQLITE_LOCK_NONE);
    if (handle->doomed && !handle_is_dead(handle)) {
        struct name *name = disk_find(disk, handle->doomed, false);
        if (name) {
            contents_let_go(name->now);
            name->now = NULL;
        }
    }
    contents_let_go(handle->contents);
    pthread_mutex_unlock(&disk->mutex);
    free(handle->doomed);
    free(handle->path);
    disk_let_go(disk);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    struct handle *handle = (struct handle *)file;
    struct phusa_disk *disk = handle->disk;
    pthread_mutex_lock(&disk->mutex);
    int result = SQLITE_OK;
    if (handle_is_dead(handle)) {
        result = SQLITE_IOERR_READ;
    } else {
        size_t size = handle->contents->size, start = (size_t)offset, wanted = (size_t)count;
        size_t there = start >= size ? 0 : size - start < wanted ? size - start : wanted;
        if (there) memcpy(bytes, handle->contents->written + start, there);
        if (there < wanted) {
            memset((char *)bytes + there, 0, wanted - there);
            result = SQLITE_IOERR_SHORT_READ;
        } else if (disk_chance(disk, disk->faults.flipped_read)) {
            ((unsigned char *)bytes)[disk_random(disk) % wanted] ^= (unsigned char)(1u << disk_random(disk) % 8);
            disk->counts.flipped_bits++;
        }
    }
    pthread_mutex_unlock(&disk->mutex);
    return result;
}

// How many bytes of a write there is room for.
static size_t room(struct phusa_disk *disk, const struct contents *contents, size_t count, size_t offset) {
    if (disk->faults.capacity < 0 || offset + count <= contents->size) return count;
    int64_t left = disk->faults.capacity - disk_used(disk);
    int64_t fits = (int64_t)contents->size + (left > 0 ? left : 0) - (int64_t)offset;
    return fits <= 0 ? 0 : (uint64_t)fits < count ? (size_t)fits : count;
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    struct handle *handle = (struct handle *)file;
    struct phusa_disk *disk = handle->disk;
    pthread_mutex_lock(&disk->mutex);
    int result = SQLITE_OK;
    if (handle_is_dead(handle)) {
        result = SQLITE_IOERR_WRITE;
    } else {
        size_t done = (size_t)count;
        disk->counts.writes++;
        if (disk_step(disk)) {
            done = disk_random(disk) % (done + 1);
            result = SQLITE_IOERR_WRITE;
        } else if (disk_chance(disk, disk->faults.failed_write)) {
            disk->counts.failed_writes++;
            done = disk_random(disk) % done;
            result = SQLITE_IOERR_WRITE;
        } else if ((done = room(disk, handle->contents, done, (size_t)offset)) < (size_t)count) {
            disk->counts.refused_for_room++;
            result = SQLITE_FULL;
        }
        contents_write(disk, handle->contents, bytes, done, (size_t)offset);
    }
    pthread_mutex_unlock(&disk->mutex);
    return result;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    struct handle *handle = (struct handle *)file;
    struct phusa_disk *disk = handle->disk;
    pthread_mutex_lock(&disk->mutex);
    int result = SQLITE_OK;
    if (handle_is_dead(handle) || disk_step(disk)) {
        result = SQLITE_IOERR_TRUNCATE;
    } else {
        contents_truncate(handle->contents, (size_t)size);
    }
    pthread_mutex_unlock(&disk->mutex);
    return result;
}

// Makes what the names of the disk stand for now durable.
static void settle_names(struct phusa_disk *disk) {
    for (struct name *name = disk->names; name; name = name->next) {
        if (name->kept == name->now) continue;
        contents_let_go(name->kept);
        if (name->now) name->now->users++;
        name->kept = name->now;
    }
}

// Makes the contents durable, and, where the name is not, the folder with it.
static void settle(struct handle *handle) {
    contents_sync(handle->contents);
    struct name *name = disk_find(handle->disk, handle->path, false);
    if (name && name->now == handle->contents && name->kept != name->now) settle_names(handle->disk);
}

static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    struct handle *handle = (struct handle *)file;
    struct phusa_disk *disk = handle->disk;
    pthread_mutex_lock(&disk->mutex);
    int result = SQLITE_OK;
    if (handle_is_dead(handle) || disk_step(disk)) {
        result = SQLITE_IOERR_FSYNC;
    } else {
        disk->counts.syncs++;
        if (disk_chance(disk, disk->faults.failed_sync)) {
            disk->counts.failed_syncs++;
            contents_forget(disk, handle->contents);
            result = SQLITE_IOERR_FSYNC;
        } else if (disk_chance(disk, disk->faults.lost_sync)) {
            disk->counts.lost_syncs++;
        } else {
            settle(handle);
        }
    }
    pthread_mutex_unlock(&disk->mutex);
    return result;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->disk->mutex);
    int result = handle_is_dead(handle) ? SQLITE_IOERR_FSTAT : SQLITE_OK;
    *size = (sqlite3_int64)handle->contents->size;
    pthread_mutex_unlock(&handle->disk->mutex);
    return result;
}

static int file_lock(sqlite3_file *file, int wanted) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->disk->mutex);
    int result = handle_is_dead(handle) ? SQLITE_IOERR_LOCK
                                        : lock_take(handle->contents, handle, &handle->lock, wanted);
    pthread_mutex_unlock(&handle->disk->mutex);
    return result;
}

static int file_unlock(sqlite3_file *file, int wanted) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->disk->mutex);
    lock_give(handle->contents, handle, &handle->lock, wanted);
    pthread_mutex_unlock(&handle->disk->mutex);
    return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *file, int *answer) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->disk->mutex);
    int result = handle_is_dead(handle) ? SQLITE_IOERR_CHECKRESERVEDLOCK : SQLITE_OK;
    *answer = handle->contents->reserving || handle->contents->excluding;
    pthread_mutex_unlock(&handle->disk->mutex);
    return result;
}

static int file_control(sqlite3_file *file, int what, void *argument) {
    (void)file;
    (void)argument;
    return what == SQLITE_FCNTL_SIZE_HINT ? SQLITE_OK : SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file) {
    (void)file;
    return 4096;
}

// As SQLite takes it of every disk: a write that is cut short harms nothing beside it.
static int file_character(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

const sqlite3_io_methods disk_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_character,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *file, sqlite3_file *result, int flags, int *given) {
    (void)vfs;
    const char *path;
    struct phusa_disk *disk = disk_of(file, &path);
    if (!disk) return machine->xOpen(machine, file, result, flags, given);
    struct handle *handle = (struct handle *)result;
    memset(handle, 0, sizeof *handle);
    pthread_mutex_lock(&disk->mutex);
    struct name *name = NULL;
    if (!disk->is_off && !disk->is_gone) name = disk_find(disk, path, flags & SQLITE_OPEN_CREATE);
    if (name && !name->now && flags & SQLITE_OPEN_CREATE) name->now = contents_make();
    struct contents *contents = name ? name->now : NULL;
    if (contents) {
        contents->users++;
        handle->base.pMethods = &disk_methods;
        handle->disk = disk;
        handle->contents = contents;
        handle->life = disk->life;
        handle->path = strdup(path);
        if (flags & SQLITE_OPEN_DELETEONCLOSE) handle->doomed = strdup(path);
    }
    pthread_mutex_unlock(&disk->mutex);
    if (!contents) {
        disk_let_go(disk);
        return SQLITE_CANTOPEN;
    }
    if (given) *given = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *file, int syncs) {
    (void)vfs;
    const char *path;
    struct phusa_disk *disk = disk_of(file, &path);
    if (!disk) return machine->xDelete(machine, file, syncs);
    pthread_mutex_lock(&disk->mutex);
    int result = SQLITE_OK;
    struct name *name = disk_find(disk, path, false);
    if (disk->is_off || disk->is_gone || disk_step(disk)) {
        result = SQLITE_IOERR_DELETE;
    } else if (!name || !name->now) {
        result = SQLITE_IOERR_DELETE_NOENT;
    } else {
        contents_let_go(name->now);
        name->now = NULL;
        if (syncs) settle_names(disk);
    }
    pthread_mutex_unlock(&disk->mutex);
    disk_let_go(disk);
    return result;
}

static int vfs_access(sqlite3_vfs *vfs, const char *file, int flags, int *answer) {
    (void)vfs;
    const char *path;
    struct phusa_disk *disk = disk_of(file, &path);
    if (!disk) return machine->xAccess(machine, file, flags, answer);
    pthread_mutex_lock(&disk->mutex);
    struct name *name = disk_find(disk, path, false);
    *answer = name && name->now && (flags != SQLITE_ACCESS_EXISTS || name->now->size > 0);
    int result = disk->is_off || disk->is_gone ? SQLITE_IOERR_ACCESS : SQLITE_OK;
    pthread_mutex_unlock(&disk->mutex);
    disk_let_go(disk);
    return result;
}

static int vfs_whole_name(sqlite3_vfs *vfs, const char *file, int count, char *result) {
    (void)vfs;
    if (strncmp(file, "disk:", 5) != 0) return machine->xFullPathname(machine, file, count, result);
    if (strlen(file) >= (size_t)count) return SQLITE_CANTOPEN;
    strcpy(result, file);
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int count, char *bytes) {
    (void)vfs;
    for (int i = 0; i < count; i++) bytes[i] = (char)(i * 37 + 11);
    return count;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return machine->xSleep(machine, microseconds);
}

// 2026-01-01, in milliseconds of SQLite's calendar.
static int vfs_now(sqlite3_vfs *vfs, sqlite3_int64 *now) {
    (void)vfs;
    *now = 212634072000000;
    return SQLITE_OK;
}

static int vfs_day(sqlite3_vfs *vfs, double *now) {
    (void)vfs;
    *now = 212634072000000 / 86400000.0;
    return SQLITE_OK;
}

static sqlite3_vfs disks_vfs;
static int installed;

static void install(void) {
    installed = sqlite3_initialize();
    if (installed != SQLITE_OK) return;
    machine = sqlite3_vfs_find(NULL);
    disks_vfs = *machine;
    disks_vfs.zName = "phusa-disk";
    disks_vfs.pNext = NULL;
    disks_vfs.szOsFile = (int)sizeof(struct handle) > machine->szOsFile ? (int)sizeof(struct handle) : machine->szOsFile;
    disks_vfs.xOpen = vfs_open;
    disks_vfs.xDelete = vfs_delete;
    disks_vfs.xAccess = vfs_access;
    disks_vfs.xFullPathname = vfs_whole_name;
    disks_vfs.xRandomness = vfs_random;
    disks_vfs.xSleep = vfs_sleep;
    disks_vfs.xCurrentTime = vfs_day;
    disks_vfs.xCurrentTimeInt64 = vfs_now;
    installed = sqlite3_vfs_register(&disks_vfs, 1);
}

int phusa_disk_install(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
    return installed;
}
