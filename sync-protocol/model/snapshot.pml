/*
 * Snapshots: a new device, N, loads the state of two records in two chunks instead of the log, and then follows the log; an
 * absent one, L, has a change that it made long ago, and finds the log compacted when it comes back.
 *
 * Bounds: two records. Changes 1 and 2 are of record 1, 3 of record 2; 2 may have seen 1 or not, and may be accepted with
 * its receipt or wait for a verdict. 4 is L's, of record 1. With FILLING there is
 * no L, and change 5 is N's, of either record, made while it loads or after.
 * SNAPSHOTS snapshots are made, each of which may be compacted to. The hub is not put back here (epoch.pml). Bases are
 * positions in the hub's log.
 */

#ifndef SNAPSHOTS
#define SNAPSHOTS 2
#endif
#define BIT(c) (1 << (c))
#define RECORD(c) (in_record_2 & BIT(c))
#define LONGEST 8
#define NONE 255

/* The hub's log: c for the receipt of change c, 8 + c for a verdict that accepts it, 16 + c for one that refuses it. */
byte log[LONGEST + 1];
byte end;
byte position[6]; /* of each change's receipt */
byte base[6]; /* of each change, a position */
byte in_record_2 = 8; /* changes of record 2: 3, perhaps 5 */
bool waits, decided; /* change 2 came without a verdict; it has one */
byte floor; /* the hub holds the log above it */
byte snapshot = NONE; /* the position of the snapshot that it gives out */
byte older = NONE; /* of the one before, of which chunks may still be under way */
byte snapshots = SNAPSHOTS;

byte strays = 1; /* chunks of another snapshot than the one that N loads */

byte place_L; /* where L stands */
byte depends_4 = NONE; /* the place that change 4's segment builds on */
byte seen_4; /* where L stood when the change was made */
bool checkpoint_4; /* L keeps the hub's signature over that place */

byte loading = NONE; /* the position that N loads, NONE before and after */
byte loaded; /* records that it has */
byte at_N, waiting_N; /* versions that it keeps; those of them without decision */
byte position_N[6];
byte place_N = NONE; /* where it stands once it claims the floor */
bool made_5;

hidden byte claimed_means_held, equal_knowledge_equal_state, no_silent_loss;
#define holds(property, condition) property = (condition); assert(property)

/* By the definition: what is known, waiting and kept at a position, and what stands there. */
inline state(sat, skept, sstanding, swaiting) {
    skept = 0; sstanding = 0; swaiting = 0;
    i = 1;
    do
    :: i <= sat ->
        if
        :: log[i] < 8 ->
            skept = skept | BIT(log[i]);
            if :: log[i] == 2 && waits -> swaiting = swaiting | BIT(2) :: else fi
        :: log[i] >= 8 && log[i] < 16 -> swaiting = swaiting & ~BIT(log[i] - 8)
        :: else -> swaiting = swaiting & ~BIT(log[i] - 16); skept = skept & ~BIT(log[i] - 16)
        fi;
        i++
    :: else -> break
    od;
    i = 1;
    do
    :: i < 6 ->
        if
        :: skept & BIT(i) ->
            over = 0;
            j = 1;
            do
            :: j < 6 ->
                if
                :: (skept & BIT(j)) && j != i && (RECORD(i) != 0) == (RECORD(j) != 0) && position[i] <= base[j] ->
                    over = over | BIT(j)
                :: else
                fi;
                j++
            :: else -> break
            od;
            if :: over == 0 -> sstanding = sstanding | BIT(i) :: else fi;
            if :: over & ~swaiting -> gone = gone | BIT(i) :: else fi
        :: else
        fi;
        i++
    :: else -> break
    od;
    skept = skept & ~gone;
    i = 0; j = 0; over = 0; gone = 0
}

/* What stands by what N keeps. */
inline state_N(nstanding) {
    nstanding = 0;
    i = 1;
    do
    :: i < 6 ->
        if
        :: at_N & BIT(i) ->
            over = 0;
            j = 1;
            do
            :: j < 6 ->
                if
                :: (at_N & BIT(j)) && j != i && (RECORD(i) != 0) == (RECORD(j) != 0) && position_N[i] <= base[j] ->
                    over = over | BIT(j)
                :: else
                fi;
                j++
            :: else -> break
            od;
            if :: over == 0 -> nstanding = nstanding | BIT(i) :: else fi;
            if :: over & ~waiting_N -> gone = gone | BIT(i) :: else fi
        :: else
        fi;
        i++
    :: else -> break
    od;
    at_N = at_N & ~gone;
    i = 1;
    do
    :: i < 6 -> if :: !(at_N & BIT(i)) -> position_N[i] = 0 :: else fi; i++
    :: else -> break
    od;
    i = 0; j = 0; over = 0; gone = 0
}

inline receive(change) {
    end++;
    assert(end <= LONGEST);
    log[end] = change;
    position[change] = end
}

inline forget_what_was_loaded() {
    position_N[1] = 0; position_N[2] = 0; position_N[3] = 0; position_N[4] = 0; position_N[5] = 0;
    loaded = 0; at_N = 0; waiting_N = 0; loading = NONE; place_N = NONE
}

#define LOCALS byte i, j, over, gone, kept, standing, waiting, mine

proctype Hub() {
    do
    :: atomic { position[1] == 0 -> receive(1) }
    :: atomic { position[1] != 0 && position[2] == 0 -> if :: base[2] = position[1] :: true fi; if :: waits = true :: true fi;
        receive(2) }
    :: atomic { position[3] == 0 -> receive(3) }
    :: atomic { waits && position[2] != 0 && !decided -> decided = true;
        end++;
        if :: log[end] = 8 + 2 :: log[end] = 16 + 2 fi }
    :: atomic { snapshots > 0 && snapshot != end && end > 0 -> snapshots--; older = snapshot; snapshot = end }
    :: atomic { snapshot != NONE && floor != snapshot -> floor = snapshot } /* L's lease is over */
    od
}

proctype Absent() {
    do
    :: atomic { depends_4 == NONE -> depends_4 = place_L; base[4] = place_L; seen_4 = place_L;
#ifndef NO_CHECKPOINT
        checkpoint_4 = true
#endif
        }
    :: atomic { depends_4 != NONE && position[4] == 0 && (place_L >= floor) ->
        /* it sends; the hub takes what builds on a place that it can check */
        if
        :: depends_4 >= floor || checkpoint_4 ->
            /* what the author had not seen must not be covered */
            holds(no_silent_loss, !(position[1] > seen_4 && position[1] <= base[4]) &&
                !(position[2] > seen_4 && position[2] <= base[4]));
            receive(4)
        :: else
        fi }
    :: atomic { place_L < end && place_L >= floor -> place_L++ } /* follows the log */
#ifndef NO_REBASE
    :: atomic { place_L < floor ->
        /* the log does not reach back to where it stands: it takes the snapshot, and keeps its change as it was */
        place_L = snapshot;
#ifdef REBASE_ON_THE_FLOOR
        if
        :: depends_4 != NONE && position[4] == 0 ->
            base[4] = snapshot; depends_4 = snapshot
        :: else
        fi
#endif
        }
#endif
    od
}

proctype New() {
    LOCALS;
    byte r, from, entry;
    do
    :: atomic { loading == NONE && place_N == NONE && snapshot != NONE -> loading = snapshot }
    :: atomic { loading != NONE && loaded != 3 ->
        /* a chunk, of record 1 or 2; it may be one of another snapshot, from a cache or a request that was long under way */
        if :: !(loaded & 1) -> r = 0 :: !(loaded & 2) -> r = 8 fi;
        if
        :: from = loading
        :: strays > 0 -> strays--; if :: from = snapshot :: older != NONE -> from = older fi
        fi;
        if
#ifndef DIGEST_ONLY
        :: from != loading -> from = NONE /* it is not the chunk whose hash the snapshot names */
#endif
        :: else ->
            d_step {
            state(from, kept, standing, waiting);
#ifdef STANDING_ONLY
            kept = standing;
#endif
            i = 1;
            do
            :: i < 6 ->
                if
                :: (kept & BIT(i)) && (RECORD(i) != 0) == (r != 0) ->
                    at_N = at_N | BIT(i);
#ifdef NO_RECEIPT_POSITIONS
                    position_N[i] = loading
#else
                    position_N[i] = position[i]
#endif
                :: else
                fi;
#ifdef WAITING_WITH_VERSIONS_ONLY
                if :: (waiting & kept & BIT(i)) && (RECORD(i) != 0) == (r != 0) -> waiting_N = waiting_N | BIT(i) :: else fi;
#else
                if :: (waiting & BIT(i)) && (RECORD(i) != 0) == (r != 0) -> waiting_N = waiting_N | BIT(i) :: else fi;
#endif
                i++
            :: else -> break
            od;
            loaded = loaded | (r == 0 -> 1 : 2)
            }
        fi;
        r = 0; from = 0; kept = 0; standing = 0; waiting = 0; i = 0 }
    :: atomic { loading != NONE && loading != snapshot && loading != older -> forget_what_was_loaded() } /* begins anew */
#ifdef CLAIM_FLOOR_EARLY
    :: atomic { loading != NONE && loaded != 0 ->
#else
    :: atomic { loading != NONE && loaded == 3 ->
#endif
        d_step {
        state(loading, kept, standing, waiting);
        state_N(mine);
        /* the digest is over what stands */
        entry = loading
        }
        if
#ifndef CLAIM_FLOOR_EARLY
        :: mine != standing -> forget_what_was_loaded()
#endif
        :: else -> holds(claimed_means_held, mine == standing); place_N = loading; loading = NONE
        fi;
        entry = 0; kept = 0; standing = 0; waiting = 0; mine = 0 }
    :: atomic { place_N != NONE && place_N < floor -> forget_what_was_loaded() } /* the log does not reach back to it */
    :: atomic { place_N != NONE && place_N < end && place_N >= floor ->
        d_step {
        place_N++;
        entry = log[place_N];
        if
        :: entry < 8 -> at_N = at_N | BIT(entry); position_N[entry] = place_N;
            if :: entry == 2 && waits -> waiting_N = waiting_N | BIT(2) :: else fi
        :: entry >= 8 && entry < 16 -> waiting_N = waiting_N & ~BIT(entry - 8)
        :: else -> waiting_N = waiting_N & ~BIT(entry - 16); at_N = at_N & ~BIT(entry - 16)
        fi;
        state(place_N, kept, standing, waiting);
        state_N(mine)
        }
        holds(equal_knowledge_equal_state, mine == standing && waiting == waiting_N && at_N == kept);
        entry = 0; kept = 0; standing = 0; waiting = 0; mine = 0 }
#ifdef FILLING
    :: atomic { !made_5 && (loading != NONE || place_N != NONE) -> /* a person at N changes a record */
        made_5 = true;
        if :: r = 1 :: r = 2; in_record_2 = in_record_2 | BIT(5) fi;
        if
        :: place_N != NONE -> base[5] = place_N
#ifndef FILLING_HAS_A_BASE
        :: place_N == NONE && !(loaded & r) -> base[5] = 0
        :: place_N == NONE && (loaded & r) -> base[5] = loading
#else
        :: place_N == NONE -> base[5] = loading
#endif
        fi;
        /* what the author had not seen must not be covered */
        holds(no_silent_loss, place_N != NONE || (loaded & r) || base[5] == 0 ||
            !((r == 1 && ((position[1] && position[1] <= base[5]) || (position[2] && position[2] <= base[5]))) ||
              (r == 2 && position[3] && position[3] <= base[5])));
        r = 0 }
    :: atomic { made_5 && position[5] == 0 -> receive(5) }
#endif
    od
}

init {
    atomic {
        run Hub(); run New()
#ifndef FILLING
        ; run Absent()
#endif
    }
}

#ifdef FILLING
ltl comes_to_rest { <> [] (position[5] != 0 && place_N == end) }
#else
ltl comes_to_rest { <> [] (position[4] != 0 && place_L == end && place_N == end) }
#endif
