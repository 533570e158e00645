#ifndef PHUSA_CDISKFAULTS_H
#define PHUSA_CDISKFAULTS_H

#include <stdbool.h>
#include <stdint.h>

// Disks in memory that fail as disks do, for SQLite to write to.
//
// A file "disk:NAME/PATH" is PATH on the disk NAME; every other file goes to the machine as it did before. A disk tells
// apart what was written from what is durable, in sectors of 512 bytes, and draws everything that chance decides from a
// generator of its own, so that the same calls with the same seed give the same bytes. Every call may come from any thread.

typedef struct phusa_disk phusa_disk;

// What goes wrong by itself. Chances are parts of 65536, for each time that it could.
typedef struct {
    // A sync returns as if it had worked and makes nothing durable: a lying disk.
    uint32_t lost_sync;
    // A sync fails, and part of what it was for is dropped: a later one that works does not make it durable.
    uint32_t failed_sync;
    // A write fails after some of its bytes.
    uint32_t failed_write;
    // A bit of what is read is another.
    uint32_t flipped_read;
    // Bytes that all files may have together, the shared memory of a log of writes too; negative: any number.
    int64_t capacity;
} phusa_disk_faults;

// What a disk was asked for and what it did, since it was made.
typedef struct {
    uint64_t writes;
    uint64_t syncs;
    uint64_t lost_syncs;
    uint64_t failed_syncs;
    uint64_t failed_writes;
    uint64_t flipped_bits;
    uint64_t refused_for_room;
    uint64_t power_cuts;
} phusa_disk_counts;

// Makes the disks SQLite's default file system. A second time does nothing. From then on SQLite has no randomness and no
// clock of its own in this process.
// Returns 0, or SQLite's code for why it could not.
int phusa_disk_install(void);

// A new, empty disk. `name` must be no other disk's.
phusa_disk *phusa_disk_make(const char *name, uint64_t seed);

// Lets a disk go. Files that are still open on it fail from then on.
void phusa_disk_free(phusa_disk *disk);

void phusa_disk_set_faults(phusa_disk *disk, phusa_disk_faults faults);
phusa_disk_counts phusa_disk_count(phusa_disk *disk);

// The bytes that the disk's files have together.
int64_t phusa_disk_used(phusa_disk *disk);

// The power goes now: everything that has a file open fails from here on, and no file can be opened.
void phusa_disk_cut(phusa_disk *disk);

// The power goes in the middle of the `step`th write, sync, cut or deletion from now, counted from 1; 0: not at all.
void phusa_disk_cut_at(phusa_disk *disk, uint64_t step);

// Whether the power is gone.
bool phusa_disk_is_off(phusa_disk *disk);

// The power comes back. Of what was not durable some sectors survived, some did not, some in part.
void phusa_disk_start(phusa_disk *disk);

// All processes with files on the disk die at once, the machine lives on: what they had written stays.
void phusa_disk_kill(phusa_disk *disk);

// Turns bits over in files that nobody is writing to, also in what was durable.
void phusa_disk_flip(phusa_disk *disk, uint32_t bits);

// Makes the files of `to` those of `from` as they are now, all of it durable. Whatever had files of `to` open fails.
void phusa_disk_copy(phusa_disk *from, phusa_disk *to);

// Takes all files away. Whatever had one open fails.
void phusa_disk_clear(phusa_disk *disk);

// A hash of all files, their names and bytes, as they are now.
uint64_t phusa_disk_hash(phusa_disk *disk);

#endif
