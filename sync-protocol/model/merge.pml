/*
 * Merge: two devices change one field of one record, on what their authors have on screen; the hub accepts, refuses or
 * lets wait, and decides later; a deletion is a change like any other.
 *
 * Bounds: each device makes two changes. An exchange is one step; its answer may be lost, at most LOSSES times. What
 * exchange.pml shows is taken for granted here: whole segments, in order, once.
 *
 * Sets of changes are bits. What each replica stores is kept up step by step, as a program does it, and held against the
 * definition of the state ([M-2]), which is computed anew from all that the replica knows.
 */

#ifndef LOSSES
#define LOSSES 1
#endif
#define HUB 2
#define BIT(c) (1 << (c))
#define MINE(d) ((d) == 0 -> 3 : 12)
#define ALL 15
#define UNDECIDED (known[HUB] & ~decided[HUB])

byte on_screen[4]; /* of each change: the changes that its author's view had taken in */
byte base[4]; /* of each change: what it covers */
byte made; /* all changes made */
byte opened[2]; /* a form is open: what its view has taken in, and 128 */
byte known[3], refused[3], decided[3]; /* at devices 0, 1 and the hub */
byte stored[3]; /* versions that a replica keeps: standing ones and covered ones that may come back */
byte losses = LOSSES;
byte forgotten; /* deletions that ran out, TTL_DELETES only */
byte clock[4];
byte now_is;

hidden byte no_silent_loss, equal_knowledge_equal_state, state_is_the_definition;
#define holds(property, condition) property = (condition); assert(property)

/* Versions at r that stand by what r stores. */
inline standing(holder, result) {
    result = 0;
    i = 0;
    do
    :: i < 4 ->
        if
        :: stored[holder] & BIT(i) ->
            covered = false;
            j = 0;
            do
            :: j < 4 ->
                covered = covered || ((stored[holder] & BIT(j)) && (base[j] & BIT(i)));
                j++
            :: else -> break
            od;
#ifdef LAST_WRITER_WINS
            j = 0;
            do
            :: j < 4 ->
                covered = covered || ((stored[holder] & BIT(j)) && clock[j] > clock[i]);
                j++
            :: else -> break
            od;
#endif
            if :: !covered -> result = result | BIT(i) :: else fi
        :: else
        fi;
        i++
    :: else -> break
    od
}

/* The definition: known, not refused, and no known change that is not refused covers it. */
inline defined(holder, result) {
    result = 0;
    i = 0;
    do
    :: i < 4 ->
        if
        :: (known[holder] & ~refused[holder]) & BIT(i) ->
            covered = false;
            j = 0;
            do
            :: j < 4 ->
                covered = covered || (((known[holder] & ~refused[holder]) & BIT(j)) && (base[j] & BIT(i)));
                j++
            :: else -> break
            od;
            if :: !covered -> result = result | BIT(i) :: else fi
        :: else
        fi;
        i++
    :: else -> break
    od
}

/* What r need not keep: refused changes, and what an accepted change covers. */
inline tidy(holder) {
    stored[holder] = stored[holder] & ~refused[holder];
    i = 0;
    do
    :: i < 4 ->
        if
#ifdef DROP_COVERED_AT_ONCE
        :: stored[holder] & BIT(i) -> stored[holder] = stored[holder] & ~base[i]
#else
        :: (stored[holder] & BIT(i)) && (decided[holder] & BIT(i)) -> stored[holder] = stored[holder] & ~base[i]
#endif
        :: else
        fi;
        i++
    :: else -> break
    od
}

inline learn(learner, change) {
    known[learner] = known[learner] | BIT(change);
    /* a change that comes after an accepted one which covers it cannot be: its author's view would hold it */
    stored[learner] = stored[learner] | BIT(change);
    tidy(learner)
}

inline check() {
    d_step {
        r = 0;
        do
        :: r < 3 ->
            standing(r, s);
            shown[r] = s;
            i = 0;
            do
            :: i < 4 ->
                /* each change stands, is refused, or was replaced by one whose author had seen it */
                covered = false;
                j = 0;
                do
                :: j < 4 ->
                    covered = covered || (((known[r] & ~refused[r]) & BIT(j)) && (on_screen[j] & BIT(i)));
                    j++
                :: else -> break
                od;
                holds(no_silent_loss, !(known[r] & BIT(i)) || (s & BIT(i)) || (refused[r] & BIT(i)) || covered);
                i++
            :: else -> break
            od;
            r++
        :: else -> break
        od;
        r = 0;
        do
        :: r < 3 ->
            s = (r + 1) % 3;
            holds(equal_knowledge_equal_state, known[r] != known[s] || refused[r] != refused[s] || shown[r] == shown[s]);
            r++
        :: else -> break
        od;
        r = 0;
        do
        :: r < 3 -> defined(r, s); holds(state_is_the_definition, s == shown[r]); r++
        :: else -> break
        od;
        r = 0; s = 0; i = 0; j = 0; covered = false;
        shown[0] = 0; shown[1] = 0; shown[2] = 0
    }
}

proctype Person(byte d) {
    byte c, i, j, r, s, shown[3];
    bool covered;
    do
    :: atomic { !opened[d] && (made & MINE(d)) != MINE(d) -> opened[d] = 128 | known[d] }
    :: atomic { opened[d] ->
        c = d * 2 + ((made & BIT(d * 2)) -> 1 : 0);
        on_screen[c] = opened[d] & ALL;
#ifdef BASE_IS_WHAT_IS_KNOWN
        base[c] = known[d];
#else
        base[c] = opened[d] & ALL;
#endif
#ifdef LAST_WRITER_WINS
        now_is++;
        if :: clock[c] = now_is :: clock[c] = now_is + 4 fi;
#endif
        made = made | BIT(c);
        opened[d] = 0;
        learn(d, c);
        c = 0; i = 0;
        check() }
    od
}

proctype Exchange(byte d) {
    byte c, i, j, r, s, shown[3];
    bool covered;
    do
    :: atomic { known[d] != known[HUB] || refused[d] != refused[HUB] || decided[d] != decided[HUB] ->
        c = 0;
        do
        :: c < 2 && (known[d] & BIT(d * 2 + c)) && !(known[HUB] & BIT(d * 2 + c)) ->
            learn(HUB, d * 2 + c);
            if
            :: decided[HUB] = decided[HUB] | BIT(d * 2 + c)
            :: refused[HUB] = refused[HUB] | BIT(d * 2 + c); decided[HUB] = decided[HUB] | BIT(d * 2 + c)
            :: skip /* waits */
            fi;
            tidy(HUB);
            c++
        :: c < 2 && !((known[d] & BIT(d * 2 + c)) && !(known[HUB] & BIT(d * 2 + c))) -> c++
        :: c == 2 -> break
        od;
        check();
        if
        :: losses > 0 -> losses--
        :: true ->
            /* the hub's log in its order: changes first, then decisions, is one order of many; the state is of the set */
            c = 0;
            do
            :: c < 4 && (known[HUB] & ~known[d] & BIT(c)) -> learn(d, c); c++
            :: c < 4 && !(known[HUB] & ~known[d] & BIT(c)) -> c++
            :: c == 4 -> break
            od;
            refused[d] = refused[HUB]; decided[d] = decided[HUB];
            tidy(d)
        fi;
        c = 0; i = 0;
        check() }
    od
}

proctype Decide() {
    byte c, i, j, r, s, shown[3];
    bool covered;
    do
    :: atomic { UNDECIDED ->
        if
        :: UNDECIDED & BIT(0) -> c = 0
        :: UNDECIDED & BIT(1) -> c = 1
        :: UNDECIDED & BIT(2) -> c = 2
        :: UNDECIDED & BIT(3) -> c = 3
        fi;
        decided[HUB] = decided[HUB] | BIT(c);
        if :: true :: refused[HUB] = refused[HUB] | BIT(c) fi;
        tidy(HUB);
        c = 0; i = 0;
        check() }
    od
}

#ifdef TTL_DELETES
/* The first change of device 0 is a deletion, and runs out at one replica before the others. */
proctype Janitor() {
    byte i, j, r, s, shown[3];
    bool covered;
    atomic { (decided[HUB] & BIT(0)) && !(refused[HUB] & BIT(0)) && (stored[HUB] & BIT(0)) ->
        stored[HUB] = stored[HUB] & ~BIT(0);
        check() }
}
#endif

init {
    atomic {
        run Person(0); run Person(1); run Exchange(0); run Exchange(1); run Decide()
#ifdef TTL_DELETES
        ; run Janitor()
#endif
    }
}

#define same(r) (known[r] == ALL && decided[r] == ALL && refused[r] == refused[HUB])
ltl comes_to_rest { <> [] (same(0) && same(1) && same(HUB)) }
