/*
 * Exchange: two devices bring their changes to a hub and learn its log, over a channel that loses, doubles, cuts and
 * reorders, while any of the three may crash.
 *
 * Bounds: device 0 makes two changes, device 1 one; each change is a segment. Two messages under way each way. FAULTS
 * faults altogether: a message lost, doubled, overtaken or cut, a device that gives up too early, a crash of a device or
 * of the hub.
 *
 * A change is one number that says replica, sequence and contents; what a device writes after a crash has other contents
 * than what it wrote before. Numbers stand for hashes: equal numbers, equal histories.
 */

#ifndef FAULTS
#define FAULTS 2
#endif
#define MOST 6 /* of the hub's log; three are needed, broken variants may want more */
#define MADE(d) (2 - (d))
#define CHANGE(d, s, c) (1 + (d) * 4 + ((s) - 1) * 2 + (c))
#define BY(e) (((e) - 1) / 4)
#define SEQ(e) (1 + (((e) - 1) / 2) % 2)

byte hub[MOST]; /* the hub's log: of each receipt, the change */
byte hub_end, hub_durable;
byte hub_head[2], hub_head_durable[2];
byte seen[2]; /* the greatest counter of each device */

byte own0[2], own1[2]; /* contents of the changes of devices 0 and 1 */
byte made[2], durable[2];
byte incarnation[2]; /* changes with each crash, and so do the contents written after it */
byte view0[MOST], view1[MOST]; /* the hub's log as each device holds it */
byte place[2]; /* where the device says that it stands in the hub's log */
byte receipts[2]; /* of its own changes */
byte counter[2], asking[2];
byte sent[2];
byte faults = FAULTS;
bool serving = false;
byte serving_whom;

/* device, counter, place, first sequence, how many, their contents */
chan up = [2] of { byte, byte, byte, byte, byte, byte, byte };
/* device, place it begins at, where the hub's log ends, entries in it, the entries */
chan down = [2] of { byte, byte, byte, byte, byte, byte, byte };

hidden byte claimed_means_held, received_means_kept, no_silent_loss, nothing_is_reissued, taken_once;
#define holds(property, condition) property = (condition); assert(property)

#define OWN(d, s) (d == 0 -> own0[(s) - 1] : own1[(s) - 1])
#define VIEW(d, i) (d == 0 -> view0[i] : view1[i])

#ifdef FORGET_WHAT_WAS_SENT
#define WAITING(d) (made[d] > sent[d])
#else
#define WAITING(d) (made[d] > receipts[d])
#endif

#ifdef SEND_BEFORE_DURABLE
#define SENDABLE(d) true
#else
#define SENDABLE(d) (durable[d] == made[d])
#endif

/* What every device says of itself, held against what the hub has on disk. */
inline check() {
    d_step {
        k = 0;
        do
        :: k < 2 ->
            i = 0;
            do
            :: i < place[k] -> holds(claimed_means_held, VIEW(k, i) != 0 && VIEW(k, i) == hub[i]); i++
            :: else -> break
            od;
            i = 1;
            do
            :: i <= made[k] && i <= 2 ->
                if
                :: i <= receipts[k] || !WAITING(k) ->
                    found = false;
                    j = 0;
                    do
                    :: j < hub_durable -> found = found || hub[j] == CHANGE(k, i, OWN(k, i)); j++
                    :: else -> break
                    od;
                    if
                    :: i <= receipts[k] -> holds(received_means_kept, found)
                    :: else -> holds(no_silent_loss, found || asking[k])
                    fi
                :: else
                fi;
                i++
            :: else -> break
            od;
            k++
        :: else -> break
        od;
        i = 0; j = 0; k = 0; found = false
    }
}

proctype Device(byte d) {
    byte i, j, k, at, from, end, count, e1, e2, e3, entry;
    bool found;
    do
    :: atomic { made[d] < MADE(d) && (made[d] == durable[d]) -> /* a person saves */
        if
        :: d == 0 -> own0[made[d]] = incarnation[d]
        :: else -> own1[made[d]] = incarnation[d]
        fi;
        made[d]++ }
    :: atomic { durable[d] < made[d] -> durable[d] = made[d] }
    :: atomic { faults > 0 && (durable[d] < made[d] || asking[d]) -> /* crash */
        faults--;
        made[d] = durable[d]; asking[d] = 0; incarnation[d] = 1 }
    :: atomic { !asking[d] && len(up) < 2 && SENDABLE(d) && (WAITING(d) || place[d] < hub_durable) ->
        counter[d]++; asking[d] = counter[d];
#ifdef FORGET_WHAT_WAS_SENT
        from = sent[d];
#else
        from = receipts[d];
#endif
        e1 = 0; e2 = 0;
        if :: from < made[d] -> e1 = OWN(d, from + 1) :: else fi;
        if :: from + 1 < made[d] -> e2 = OWN(d, from + 2) :: else fi;
        up ! d, counter[d], place[d], from + 1, made[d] - from, e1, e2;
        sent[d] = made[d]; from = 0; e1 = 0; e2 = 0 }
    :: atomic { down ?? [eval(d), from, end, count, e1, e2, e3] -> down ?? eval(d), from, end, count, e1, e2, e3;
        asking[d] = 0;
        at = 0;
        do
        :: at < count ->
            entry = (at == 0 -> e1 : (at == 1 -> e2 : e3));
            if
#ifndef NO_CHAIN_CHECK
            :: from + at < place[d] /* is held already */
            :: from + at >= place[d] ->
#else
            :: true ->
#endif
                if
                :: place[d] < MOST ->
                    if :: d == 0 -> view0[place[d]] = entry :: else -> view1[place[d]] = entry fi;
                    place[d]++;
                    if :: BY(entry) == d -> receipts[d]++ :: else fi
                :: else
                fi
            fi;
            at++
        :: else -> break
        od;
#ifdef ADOPT_KNOWLEDGE
        if :: end > place[d] -> place[d] = end :: else fi;
#endif
        at = 0; from = 0; end = 0; count = 0; e1 = 0; e2 = 0; e3 = 0; entry = 0;
        check() }
#ifndef WAIT_FOR_EVER
    :: atomic { asking[d] && !(serving && serving_whom == d) &&
            !(up ?? [eval(d), _, _, _, _, _, _]) && !(down ?? [eval(d), _, _, _, _, _, _]) ->
        asking[d] = 0; check() } /* nothing will come */
    :: atomic { asking[d] && faults > 0 -> faults--; asking[d] = 0; check() } /* gives up though something may come */
#endif
    od
}

proctype Hub() {
    byte d, number, from, first, count, c1, c2, at, content, i, j, k;
    bool found, fresh;
    do
    :: atomic { !serving && len(up) > 0 -> up ? d, number, from, first, count, c1, c2;
        if
        :: number <= seen[d] /* a replay */
        :: else ->
            seen[d] = number;
            at = 0;
            do
            :: at < count ->
                content = (at == 0 -> c1 : c2);
                fresh = first + at == hub_head[d] + 1;
                if
                :: first + at > hub_head[d] + 1 -> break /* a gap */
                :: first + at <= hub_head[d] ->
                    found = false;
                    j = 0;
                    do
                    :: j < hub_end -> found = found || hub[j] == CHANGE(d, first + at, content); j++
                    :: else -> break
                    od;
                    j = 0;
                    holds(nothing_is_reissued, found);
#ifdef TAKE_TWICE
                    fresh = true
#endif
                :: else
                fi;
                if
                :: fresh && hub_end < MOST ->
                    holds(taken_once, first + at == hub_head[d] + 1);
                    hub[hub_end] = CHANGE(d, first + at, content);
                    hub_end++;
                    hub_head[d] = first + at
                :: else
                fi;
                at++
            :: else -> break
            od;
            serving = true; serving_whom = d
        fi;
        count = 0; first = 0; number = 0; c1 = 0; c2 = 0; at = 0; content = 0; found = false; fresh = false }
#ifdef ANSWER_BEFORE_DURABLE
    :: atomic { serving && len(down) < 2 ->
#else
    :: atomic { serving && hub_durable == hub_end && len(down) < 2 ->
#endif
        down ! d, from, hub_end, hub_end - from,
            (from < hub_end -> hub[from] : 0), (from + 1 < hub_end -> hub[from + 1] : 0),
            (from + 2 < hub_end -> hub[from + 2] : 0);
        serving = false; d = 0; from = 0 }
    :: atomic { hub_durable < hub_end -> /* commit */
        hub_durable = hub_end; hub_head_durable[0] = hub_head[0]; hub_head_durable[1] = hub_head[1] }
    :: atomic { faults > 0 && (hub_durable < hub_end || serving) -> /* crash */
        faults--;
        hub_end = hub_durable; hub_head[0] = hub_head_durable[0]; hub_head[1] = hub_head_durable[1];
        serving = false; d = 0; from = 0;
        i = hub_end;
        do :: i < MOST -> hub[i] = 0; i++ :: else -> break od;
        i = 0;
        check() }
    od
}

proctype Network() {
    byte a, b, c, d, e, f, g;
    do
    :: atomic { faults > 0 && len(up) > 0 -> faults--; up ? a, b, c, d, e, f, g;
        if
        :: true /* lost */
        :: len(up) < 2 -> up ! a, b, c, d, e, f, g /* overtaken */
        :: true -> up ! a, b, c, d, e, f, g; if :: len(up) < 2 -> up ! a, b, c, d, e, f, g :: else fi /* doubled */
        fi;
        a = 0; b = 0; c = 0; d = 0; e = 0; f = 0; g = 0 }
    :: atomic { faults > 0 && len(down) > 0 -> faults--; down ? a, b, c, d, e, f, g;
        if
        :: true
        :: len(down) < 2 -> down ! a, b, c, d, e, f, g
        :: true -> down ! a, b, c, d, e, f, g; if :: len(down) < 2 -> down ! a, b, c, d, e, f, g :: else fi
        :: d > 0 -> down ! a, b, c, d - 1, e, f, g /* cut within its last frame */
        fi;
        a = 0; b = 0; c = 0; d = 0; e = 0; f = 0; g = 0 }
    od
}

init {
    atomic { run Device(0); run Device(1); run Hub(); run Network() }
}

#define at_rest (made[0] == 2 && made[1] == 1 && receipts[0] == 2 && receipts[1] == 1 \
    && hub_durable == 3 && place[0] == 3 && place[1] == 3)
ltl comes_to_rest { <> [] at_rest }
