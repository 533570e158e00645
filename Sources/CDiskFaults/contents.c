#include "disk.h"

#include <stdlib.h>
#include <string.h>

// The bytes of a file: what was written, what is durable, and which sectors differ.

struct contents *contents_make(void) {
    struct contents *contents = calloc(1, sizeof *contents);
    if (!contents) abort();
    contents->users = 1;
    return contents;
}

void contents_let_go(struct contents *contents) {
    if (!contents || --contents->users > 0) return;
    free(contents->written);
    free(contents->durable);
    free(contents->sector);
    free(contents);
}

static size_t sectors(size_t bytes) { return (bytes + SECTOR - 1) / SECTOR; }

static size_t least(size_t a, size_t b) { return a < b ? a : b; }
static size_t greatest(size_t a, size_t b) { return a > b ? a : b; }

static void *grown(void *bytes, size_t old, size_t new) {
    unsigned char *result = realloc(bytes, new);
    if (!result) abort();
    memset(result + old, 0, new - old);
    return result;
}

static void make_room(struct contents *contents, size_t size) {
    if (size <= contents->room) return;
    size_t room = greatest(contents->room * 2, 64 * SECTOR);
    while (room < size) room *= 2;
    contents->written = grown(contents->written, contents->room, room);
    contents->durable = grown(contents->durable, contents->room, room);
    contents->sector = grown(contents->sector, sectors(contents->room), sectors(room));
    contents->room = room;
}

// Bytes beyond a file's end are 0 in both, so that growing it needs no more.
static void settle(struct contents *contents, size_t sector) {
    memcpy(contents->durable + sector * SECTOR, contents->written + sector * SECTOR, SECTOR);
}

void contents_write(struct phusa_disk *disk, struct contents *contents, const void *bytes, size_t count, size_t offset) {
    if (count == 0) return;
    make_room(contents, offset + count);
    for (size_t sector = offset / SECTOR; sector < sectors(offset + count); sector++) {
        // The machine may have written the sector back by itself before it was written once more.
        bool settles = contents->sector[sector] == DIRTY && sector * SECTOR < contents->durable_size;
        if (settles && disk_chance(disk, 16384)) settle(contents, sector);
        contents->sector[sector] = DIRTY;
    }
    memcpy(contents->written + offset, bytes, count);
    contents->size = greatest(contents->size, offset + count);
}

void contents_truncate(struct contents *contents, size_t size) {
    if (size >= contents->size) {
        make_room(contents, size);
        contents->size = size;
        return;
    }
    memset(contents->written + size, 0, contents->size - size);
    for (size_t sector = size / SECTOR; sector < sectors(contents->size); sector++) contents->sector[sector] = DIRTY;
    contents->size = size;
}

void contents_sync(struct contents *contents) {
    for (size_t sector = 0; sector < sectors(greatest(contents->size, contents->durable_size)); sector++) {
        if (contents->sector[sector] != DIRTY) continue;
        settle(contents, sector);
        contents->sector[sector] = CLEAN;
    }
    contents->durable_size = contents->size;
}

void contents_forget(struct phusa_disk *disk, struct contents *contents) {
    for (size_t sector = 0; sector < sectors(contents->size); sector++)
        if (contents->sector[sector] == DIRTY && disk_chance(disk, 32768)) contents->sector[sector] = FORGOTTEN;
}

struct contents *contents_copy(const struct contents *contents) {
    struct contents *copy = contents_make();
    make_room(copy, contents->size);
    if (contents->size) {
        memcpy(copy->written, contents->written, contents->size);
        memcpy(copy->durable, contents->written, contents->size);
    }
    copy->size = copy->durable_size = contents->size;
    return copy;
}

struct contents *contents_twin(const struct contents *contents) {
    struct contents *twin = contents_make();
    make_room(twin, greatest(contents->size, contents->durable_size));
    size_t room = least(twin->room, contents->room);
    if (room) {
        memcpy(twin->written, contents->written, room);
        memcpy(twin->durable, contents->durable, room);
        memcpy(twin->sector, contents->sector, sectors(room));
    }
    twin->size = contents->size;
    twin->durable_size = contents->durable_size;
    return twin;
}

struct contents *contents_survivor(struct phusa_disk *disk, const struct contents *old, uint32_t survival) {
    struct contents *new = contents_make();
    size_t longest = greatest(old->size, old->durable_size);
    make_room(new, greatest(longest, 1));
    if (old->durable_size) memcpy(new->written, old->durable, old->durable_size);
    size_t size = old->size != old->durable_size && disk_chance(disk, survival) ? old->size : old->durable_size;
    for (size_t sector = 0; sector < sectors(longest); sector++) {
        if (old->sector[sector] != DIRTY || !disk_chance(disk, survival)) continue;
        size_t start = sector * SECTOR;
        // One in eight is torn: it begins as it was written and ends as it was.
        size_t count = disk_chance(disk, 8192) ? disk_random(disk) % SECTOR : SECTOR;
        memcpy(new->written + start, old->written + start, count);
        if (start < old->size) size = greatest(size, least(start + SECTOR, old->size));
    }
    memset(new->written + size, 0, new->room - size);
    memcpy(new->durable, new->written, new->room);
    new->size = new->durable_size = size;
    return new;
}
