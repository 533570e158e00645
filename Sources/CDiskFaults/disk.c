#include "disk.h"

#include <stdlib.h>
#include <string.h>

// The disks there are, what stands on each, and what happens to all of a disk at once.

static pthread_mutex_t all_disks = PTHREAD_MUTEX_INITIALIZER;
static struct phusa_disk *disks;
static const char scheme[] = "disk:";

phusa_disk *phusa_disk_make(const char *name, uint64_t seed) {
    struct phusa_disk *disk = calloc(1, sizeof *disk);
    if (!disk || !(disk->label = strdup(name))) abort();
    disk->users = 1;
    disk->random = seed;
    disk->faults.capacity = -1;
    pthread_mutex_init(&disk->mutex, NULL);
    pthread_mutex_lock(&all_disks);
    disk->next = disks;
    disks = disk;
    pthread_mutex_unlock(&all_disks);
    return disk;
}

struct phusa_disk *disk_of(const char *file, const char **path) {
    if (!file || strncmp(file, scheme, sizeof scheme - 1) != 0) return NULL;
    const char *label = file + sizeof scheme - 1;
    const char *slash = strchr(label, '/');
    if (!slash) return NULL;
    size_t length = (size_t)(slash - label);
    pthread_mutex_lock(&all_disks);
    struct phusa_disk *disk = disks;
    while (disk && (strncmp(disk->label, label, length) != 0 || disk->label[length])) disk = disk->next;
    if (disk) {
        pthread_mutex_lock(&disk->mutex);
        disk->users++;
        pthread_mutex_unlock(&disk->mutex);
    }
    pthread_mutex_unlock(&all_disks);
    *path = slash + 1;
    return disk;
}

static void forget(struct name *name) {
    contents_let_go(name->now);
    contents_let_go(name->kept);
    free(name->path);
    free(name);
}

static void forget_all(struct phusa_disk *disk) {
    while (disk->names) {
        struct name *name = disk->names;
        disk->names = name->next;
        forget(name);
    }
}

void disk_let_go(struct phusa_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    bool is_last = --disk->users == 0;
    pthread_mutex_unlock(&disk->mutex);
    if (!is_last) return;
    pthread_mutex_destroy(&disk->mutex);
    free(disk->label);
    free(disk);
}

void phusa_disk_free(phusa_disk *disk) {
    pthread_mutex_lock(&all_disks);
    struct phusa_disk **place = &disks;
    while (*place != disk) place = &(*place)->next;
    *place = disk->next;
    pthread_mutex_unlock(&all_disks);
    pthread_mutex_lock(&disk->mutex);
    disk->is_gone = true;
    forget_all(disk);
    pthread_mutex_unlock(&disk->mutex);
    disk_let_go(disk);
}

// SplitMix64.
uint64_t disk_random(struct phusa_disk *disk) {
    uint64_t z = disk->random += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

bool disk_chance(struct phusa_disk *disk, uint32_t chance) {
    return chance > 0 && (disk_random(disk) & 0xFFFF) < chance;
}

bool disk_step(struct phusa_disk *disk) {
    if (disk->cut_at == 0 || --disk->cut_at > 0) return false;
    disk->is_off = true;
    return true;
}

int64_t disk_used(const struct phusa_disk *disk) {
    int64_t used = disk->shm_bytes;
    for (struct name *name = disk->names; name; name = name->next)
        if (name->now) used += (int64_t)name->now->size;
    return used;
}

// Names stand in their order, so that what chance does to each does not hang on which came first.
struct name *disk_find(struct phusa_disk *disk, const char *path, bool makes) {
    struct name **place = &disk->names;
    while (*place && strcmp((*place)->path, path) < 0) place = &(*place)->next;
    if (*place && strcmp((*place)->path, path) == 0) return *place;
    if (!makes) return NULL;
    struct name *name = calloc(1, sizeof *name);
    if (!name || !(name->path = strdup(path))) abort();
    name->next = *place;
    *place = name;
    return name;
}

void phusa_disk_set_faults(phusa_disk *disk, phusa_disk_faults faults) {
    pthread_mutex_lock(&disk->mutex);
    disk->faults = faults;
    pthread_mutex_unlock(&disk->mutex);
}

phusa_disk_counts phusa_disk_count(phusa_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    phusa_disk_counts counts = disk->counts;
    pthread_mutex_unlock(&disk->mutex);
    return counts;
}

int64_t phusa_disk_used(phusa_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    int64_t used = disk_used(disk);
    pthread_mutex_unlock(&disk->mutex);
    return used;
}

void phusa_disk_cut(phusa_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    disk->is_off = true;
    pthread_mutex_unlock(&disk->mutex);
}

void phusa_disk_cut_at(phusa_disk *disk, uint64_t step) {
    pthread_mutex_lock(&disk->mutex);
    disk->cut_at = step;
    pthread_mutex_unlock(&disk->mutex);
}

bool phusa_disk_is_off(phusa_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    bool is_off = disk->is_off;
    pthread_mutex_unlock(&disk->mutex);
    return is_off;
}

static struct contents *shared(struct contents *contents) {
    if (contents) contents->users++;
    return contents;
}

// Puts `contents` in the place of what the name stood for.
static void put(struct name *name, struct contents *contents) {
    contents_let_go(name->now);
    contents_let_go(name->kept);
    name->now = contents;
    name->kept = shared(contents);
}

void phusa_disk_start(phusa_disk *disk) {
    // From none of it to all of it.
    static const uint32_t survivals[] = {0, 16384, 32768, 49152, 65536};
    pthread_mutex_lock(&disk->mutex);
    disk->is_off = false;
    disk->cut_at = 0;
    disk->life++;
    disk->counts.power_cuts++;
    uint32_t survival = survivals[disk_random(disk) % 5];
    for (struct name *name = disk->names; name; name = name->next) {
        struct contents *old = name->now != name->kept && disk_chance(disk, survival) ? name->now : name->kept;
        put(name, old ? contents_survivor(disk, old, survival) : NULL);
    }
    pthread_mutex_unlock(&disk->mutex);
}

void phusa_disk_kill(phusa_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    disk->life++;
    disk->cut_at = 0;
    for (struct name *name = disk->names; name; name = name->next) {
        struct contents *old = name->now;
        if (!old) continue;
        struct contents *twin = contents_twin(old);
        if (name->kept == old) {
            put(name, twin);
        } else {
            contents_let_go(old);
            name->now = twin;
        }
    }
    pthread_mutex_unlock(&disk->mutex);
}

void phusa_disk_flip(phusa_disk *disk, uint32_t bits) {
    pthread_mutex_lock(&disk->mutex);
    for (uint32_t bit = 0; bit < bits; bit++) {
        uint64_t total = 0;
        for (struct name *name = disk->names; name; name = name->next)
            if (name->now) total += name->now->size;
        if (total == 0) break;
        uint64_t place = disk_random(disk) % total;
        for (struct name *name = disk->names; name; name = name->next) {
            if (!name->now) continue;
            if (place < name->now->size) {
                unsigned char mask = (unsigned char)(1u << disk_random(disk) % 8);
                name->now->written[place] ^= mask;
                if (place < name->now->durable_size) name->now->durable[place] ^= mask;
                disk->counts.flipped_bits++;
                break;
            }
            place -= name->now->size;
        }
    }
    pthread_mutex_unlock(&disk->mutex);
}

void phusa_disk_clear(phusa_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    disk->life++;
    disk->is_off = false;
    disk->cut_at = 0;
    forget_all(disk);
    pthread_mutex_unlock(&disk->mutex);
}

void phusa_disk_copy(phusa_disk *from, phusa_disk *to) {
    phusa_disk_clear(to);
    // Never both at once, since somebody might be copying the other way.
    struct name *copied = NULL, **end = &copied;
    pthread_mutex_lock(&from->mutex);
    for (struct name *name = from->names; name; name = name->next) {
        if (!name->now) continue;
        struct name *copy = calloc(1, sizeof *copy);
        if (!copy || !(copy->path = strdup(name->path))) abort();
        put(copy, contents_copy(name->now));
        *end = copy;
        end = &copy->next;
    }
    pthread_mutex_unlock(&from->mutex);
    pthread_mutex_lock(&to->mutex);
    to->names = copied;
    pthread_mutex_unlock(&to->mutex);
}

// FNV-1a.
static uint64_t hashed(uint64_t hash, const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001B3u;
    return hash;
}

uint64_t phusa_disk_hash(phusa_disk *disk) {
    uint64_t hash = 0xCBF29CE484222325u;
    pthread_mutex_lock(&disk->mutex);
    for (struct name *name = disk->names; name; name = name->next) {
        if (!name->now) continue;
        hash = hashed(hash, name->path, strlen(name->path) + 1);
        if (name->now->size) hash = hashed(hash, name->now->written, name->now->size);
    }
    pthread_mutex_unlock(&disk->mutex);
    return hash;
}
