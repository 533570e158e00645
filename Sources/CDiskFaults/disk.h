#ifndef PHUSA_DISK_H
#define PHUSA_DISK_H

#include "CDiskFaults.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stddef.h>

// What the files of this target share. Functions that take a disk or a file expect the disk's mutex to be held, unless they
// say otherwise.

enum { SECTOR = 512, SHM_LOCKS = SQLITE_SHM_NLOCK };

// Whether a sector is as it would be after a power cut.
enum sector { CLEAN, DIRTY, FORGOTTEN };

// The index of a log of writes, shared by the connections that have its database open.
struct shm {
    int users;
    int regions;
    void **region;
    // For each lock: how many share it, or -1 where somebody has it alone.
    int lock[SHM_LOCKS];
    int region_bytes;
};

// The contents of a file, apart from its name: whoever has it open keeps it when the name is gone.
struct contents {
    int users;
    // As written, and as after a power cut in which no unsynced byte survives. Both have room for as many bytes.
    unsigned char *written, *durable;
    unsigned char *sector;
    size_t size, durable_size, room;
    // Locks on the database: so many share it, and who has the higher ones.
    int sharing;
    const void *reserving, *excluding;
    struct shm *shm;
};

// A name on a disk: what it stands for now, and after a power cut. Either may be none.
struct name {
    char *path;
    struct contents *now, *kept;
    struct name *next;
};

struct phusa_disk {
    int users;
    char *label;
    uint64_t random;
    // Rises when everything that has files open dies.
    unsigned life;
    bool is_off, is_gone;
    uint64_t cut_at;
    phusa_disk_faults faults;
    phusa_disk_counts counts;
    struct name *names;
    int64_t shm_bytes;
    pthread_mutex_t mutex;
    struct phusa_disk *next;
};

// disk.c

// The disk that a file's name says, and where the path on it begins; NULL: the machine's own. Takes no mutex of a disk; the
// caller has one more user of it.
struct phusa_disk *disk_of(const char *file, const char **path);
void disk_let_go(struct phusa_disk *disk);
uint64_t disk_random(struct phusa_disk *disk);
// Whether something happens that does so in `chance` of 65536 times.
bool disk_chance(struct phusa_disk *disk, uint32_t chance);
// Counts a step at which the power may go. Returns whether it goes now.
bool disk_step(struct phusa_disk *disk);
int64_t disk_used(const struct phusa_disk *disk);
struct name *disk_find(struct phusa_disk *disk, const char *path, bool makes);

// contents.c

struct contents *contents_make(void);
void contents_let_go(struct contents *contents);
void contents_write(struct phusa_disk *disk, struct contents *contents, const void *bytes, size_t count, size_t offset);
void contents_truncate(struct contents *contents, size_t size);
void contents_sync(struct contents *contents);
// What a sync that fails leaves behind.
void contents_forget(struct phusa_disk *disk, struct contents *contents);
// What a power cut leaves of it; `survival` of 65536 unsynced sectors survive.
struct contents *contents_survivor(struct phusa_disk *disk, const struct contents *contents, uint32_t survival);
// The bytes as they are now, all of them durable.
struct contents *contents_copy(const struct contents *contents);
// The same, durable or not, without locks and shared memory.
struct contents *contents_twin(const struct contents *contents);

// locks.c

int lock_take(struct contents *contents, const void *owner, int *held, int wanted);
void lock_give(struct contents *contents, const void *owner, int *held, int wanted);
extern const sqlite3_io_methods disk_methods;

// An open file, as SQLite holds it.
struct handle {
    sqlite3_file base;
    struct phusa_disk *disk;
    struct contents *contents;
    unsigned life;
    int lock;
    bool maps;
    unsigned shared, alone;
    // The name to delete when the file is closed; NULL: none.
    char *doomed;
    // To make the name durable with the contents.
    char *path;
};

bool handle_is_dead(const struct handle *handle);
int shm_map(sqlite3_file *file, int region, int bytes, int extends, void volatile **address);
int shm_lock(sqlite3_file *file, int first, int count, int flags);
void shm_barrier(sqlite3_file *file);
int shm_unmap(sqlite3_file *file, int deletes);

#endif
