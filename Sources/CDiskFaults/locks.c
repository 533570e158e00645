#include "disk.h"

#include <stdlib.h>
#include <string.h>

// Locks on databases and the shared memory of their logs of writes, among the connections of this process.

int lock_take(struct contents *contents, const void *owner, int *held, int wanted) {
    if (*held >= wanted) return SQLITE_OK;
    if (*held == SQLITE_LOCK_NONE) {
        if (contents->excluding) return SQLITE_BUSY;
        contents->sharing++;
        *held = SQLITE_LOCK_SHARED;
    }
    if (wanted == SQLITE_LOCK_SHARED) return SQLITE_OK;
    if (contents->reserving && contents->reserving != owner) return SQLITE_BUSY;
    if (wanted == SQLITE_LOCK_RESERVED) {
        contents->reserving = owner;
        *held = SQLITE_LOCK_RESERVED;
        return SQLITE_OK;
    }
    // Nobody new comes in from here on; those who are in must leave first.
    if (contents->excluding && contents->excluding != owner) return SQLITE_BUSY;
    contents->excluding = owner;
    *held = SQLITE_LOCK_PENDING;
    if (contents->sharing > 1) return SQLITE_BUSY;
    *held = SQLITE_LOCK_EXCLUSIVE;
    return SQLITE_OK;
}

void lock_give(struct contents *contents, const void *owner, int *held, int wanted) {
    if (*held <= wanted) return;
    if (contents->reserving == owner) contents->reserving = NULL;
    if (contents->excluding == owner) contents->excluding = NULL;
    if (wanted == SQLITE_LOCK_NONE) contents->sharing--;
    *held = wanted;
}

static struct shm *shm_of(struct handle *handle) {
    struct contents *contents = handle->contents;
    if (!contents->shm && !(contents->shm = calloc(1, sizeof *contents->shm))) abort();
    if (!handle->maps) contents->shm->users++;
    handle->maps = true;
    return contents->shm;
}

int shm_map(sqlite3_file *file, int region, int bytes, int extends, void volatile **address) {
    struct handle *handle = (struct handle *)file;
    struct phusa_disk *disk = handle->disk;
    *address = NULL;
    pthread_mutex_lock(&disk->mutex);
    int result = SQLITE_OK;
    if (handle_is_dead(handle)) {
        result = SQLITE_IOERR_SHMMAP;
    } else {
        struct shm *shm = shm_of(handle);
        shm->region_bytes = bytes;
        while (extends && shm->regions <= region) {
            if (disk->faults.capacity >= 0 && disk_used(disk) + bytes > disk->faults.capacity) {
                disk->counts.refused_for_room++;
                result = SQLITE_IOERR_SHMSIZE;
                break;
            }
            shm->region = realloc(shm->region, sizeof *shm->region * (size_t)(shm->regions + 1));
            if (!shm->region || !(shm->region[shm->regions] = calloc(1, (size_t)bytes))) abort();
            shm->regions++;
            disk->shm_bytes += bytes;
        }
        if (region < shm->regions) *address = shm->region[region];
    }
    pthread_mutex_unlock(&disk->mutex);
    return result;
}

static unsigned range(int first, int count) { return ((1u << count) - 1) << first; }

static int shm_give(struct shm *shm, struct handle *handle, int first, int count) {
    for (int i = first; i < first + count; i++) {
        if (handle->alone & 1u << i) shm->lock[i] = 0;
        if (handle->shared & 1u << i) shm->lock[i]--;
    }
    handle->alone &= ~range(first, count);
    handle->shared &= ~range(first, count);
    return SQLITE_OK;
}

static int shm_take(struct shm *shm, struct handle *handle, int first, int count, bool alone) {
    for (int i = first; i < first + count; i++) {
        bool is_mine = (handle->alone | handle->shared) & 1u << i;
        if (!is_mine && (alone ? shm->lock[i] != 0 : shm->lock[i] < 0)) return SQLITE_BUSY;
    }
    for (int i = first; i < first + count; i++) {
        if ((handle->alone | handle->shared) & 1u << i) continue;
        shm->lock[i] = alone ? -1 : shm->lock[i] + 1;
        if (alone) handle->alone |= 1u << i; else handle->shared |= 1u << i;
    }
    return SQLITE_OK;
}

int shm_lock(sqlite3_file *file, int first, int count, int flags) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->disk->mutex);
    int result = SQLITE_OK;
    if (handle_is_dead(handle)) {
        result = flags & SQLITE_SHM_UNLOCK ? SQLITE_OK : SQLITE_IOERR_SHMLOCK;
    } else {
        struct shm *shm = shm_of(handle);
        bool gives = flags & SQLITE_SHM_UNLOCK;
        result = gives ? shm_give(shm, handle, first, count)
                       : shm_take(shm, handle, first, count, flags & SQLITE_SHM_EXCLUSIVE);
    }
    pthread_mutex_unlock(&handle->disk->mutex);
    return result;
}

void shm_barrier(sqlite3_file *file) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->disk->mutex);
    pthread_mutex_unlock(&handle->disk->mutex);
}

int shm_unmap(sqlite3_file *file, int deletes) {
    (void)deletes;
    struct handle *handle = (struct handle *)file;
    struct phusa_disk *disk = handle->disk;
    pthread_mutex_lock(&disk->mutex);
    struct shm *shm = handle->contents->shm;
    if (handle->maps && shm) {
        shm_give(shm, handle, 0, SHM_LOCKS);
        handle->maps = false;
        // Whoever comes first after this reads the log of writes anew.
        if (--shm->users == 0) {
            disk->shm_bytes -= (int64_t)shm->regions * shm->region_bytes;
            for (int i = 0; i < shm->regions; i++) free(shm->region[i]);
            free(shm->region);
            free(shm);
            handle->contents->shm = NULL;
        }
    }
    pthread_mutex_unlock(&disk->mutex);
    return SQLITE_OK;
}
