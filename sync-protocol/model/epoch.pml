/*
 * Epochs: the hub is put back to an older copy of itself without knowing it, and goes on from there; devices that saw more
 * come later. The hub's log is a chain of entries; an entry is a token, which stands for the hash of the log there.
 *
 * Bounds: device 0 makes two changes, device 1 one, or each one (SMALL); BACKUPS copies of the hub are made, of which the
 * latest only can be put back, ROLLBACKS times in all; at most one device is lost for good; LOSSES lost answers. An
 * exchange is one step. What exchange.pml shows is taken for granted.
 *
 * A generation is a copy that the hub has named in an answer and promised not to go behind; devices prune below it.
 */

#ifndef ROLLBACKS
#define ROLLBACKS 2
#endif
#ifndef BACKUPS
#define BACKUPS 2
#endif
#ifndef LOSSES
#define LOSSES 1
#endif
#ifndef MADE_BY_0
#define MADE_BY_0 1
#endif
#define CHANGES (MADE_BY_0 + 1)
#define OWN(d) ((1 - (d)) * ((1 << (MADE_BY_0 + 1)) - 2) + (d) * (1 << (MADE_BY_0 + 1)))
#define BIT(x) (1 << (x))
#define E 15

/* Entries: 0 is the beginning of the log. A receipt names a change; an entry that opens an epoch names none. */
byte prior[E], index[E], epoch[E], receipt[E];
byte entries; /* written in any history */

short hub_has; /* entries that the hub holds: its own line, and lost lines given back to it */
byte hub_end, hub_named; /* where its log ends; the end of the generation that it has named */
byte hub_changes; /* receipted on its line */
short copy_has; byte copy_end, copy_changes; bool copied;

byte depends[4]; /* of each change, the entry that its author's device stood at */
byte made; /* changes, bits 1 .. 3 */
byte holds_changes[2]; /* segments that each device holds, of any replica */
byte at_hub[2]; /* what each device believes to be receipted */
short has[2]; /* entries that each device holds, of all lines */
byte place[2]; /* where it stands */
bool gone[2];
byte took[2]; /* all changes that each device ever held */
byte rollbacks = ROLLBACKS, backups = BACKUPS, losses = LOSSES;
bool may_be_lost = true;
byte pruned[2]; /* segments that each device gave up below a generation */
byte reported; /* changes that the hub said to be missing, as a device showed where its log begins */
#ifdef OLDER_COPY
short older_has; byte older_end, older_changes; bool older;
#endif

hidden byte received_means_kept, no_silent_loss, bases_stay_readable, replaced_only_by_who_had_seen;
#define holds(property, condition) property = (condition); assert(property)

/* The entries from the log's beginning to one of them, and the changes receipted there. */
inline line(lend, lset, lchanges) {
    lset = 1; lchanges = 0; w = lend;
    do
    :: w != 0 -> lset = lset | BIT(w); lchanges = lchanges | (receipt[w] -> BIT(receipt[w]) : 0); w = prior[w]
    :: else -> break
    od
}

inline append(achange, aepoch) {
    entries++;
    assert(entries < E);
    prior[entries] = hub_end; index[entries] = index[hub_end] + 1; epoch[entries] = aepoch; receipt[entries] = achange;
    hub_end = entries;
    hub_changes = hub_changes | (achange -> BIT(achange) : 0);
    hub_has = hub_has | BIT(entries)
}

/* Every holder of a change can read what its base covers, and reads the same. */
inline check_bases(cset, centries, cline_end) {
    c = 1;
    do
    :: c <= CHANGES ->
        if
        :: cset & BIT(c) ->
            line(depends[c], set, covered);
            holds(bases_stay_readable, (set & ~centries) == 0);
#ifdef BASE_BY_NUMBER
            /* what the reader's own line has up to that number */
            w = cline_end; seen = 0;
            do
            :: w != 0 ->
                if
                :: index[w] <= index[depends[c]] && epoch[w] <= epoch[depends[c]] && receipt[w] ->
                    seen = seen | BIT(receipt[w])
                :: else
                fi;
                w = prior[w]
            :: else -> break
            od;
            holds(replaced_only_by_who_had_seen, (seen & ~covered) == 0);
#endif
            skip
        :: else
        fi;
        c++
    :: else -> break
    od;
    c = 0; set = 0; covered = 0; seen = 0; w = 0
}

#define LOCALS byte c, w, covered, seen; short set

proctype Device(byte d) {
    LOCALS;
    byte offered;
    bool rolled_back;
    do
    :: atomic { !gone[d] && (OWN(d) & ~made) -> /* a person saves */
        c = 1;
        do
        :: !(OWN(d) & BIT(c)) || (made & BIT(c)) -> c++
        :: else -> break
        od;
        made = made | BIT(c);
        holds_changes[d] = holds_changes[d] | BIT(c);
        took[d] = took[d] | BIT(c);
        depends[c] = place[d];
        c = 0 }
    :: atomic { may_be_lost && !gone[d] && (OWN(d) & ~made) == 0 && (OWN(d) & ~at_hub[d]) == 0 ->
        /* lost for good, after all its work was received */
        may_be_lost = false;
        gone[d] = true;
        holds_changes[d] = 0; at_hub[d] = 0; has[d] = 1; place[d] = 0; took[d] = 0; pruned[d] = 0 }
    :: atomic { !gone[d] && (place[d] != hub_end || (holds_changes[d] & ~at_hub[d]) || (hub_has & ~has[d])) ->
        d_step {
        /* The request: where the device stands, and what it holds and believes the hub to lack. */
#ifdef OFFER_OWN_ONLY
        offered = holds_changes[d] & ~at_hub[d] & OWN(d);
#else
        offered = holds_changes[d] & ~at_hub[d];
#endif
        line(hub_end, set, covered);
#ifdef NO_HASH_IN_HEAD
        rolled_back = index[place[d]] > index[hub_end];
#else
        rolled_back = !(set & BIT(place[d]));
#endif
#ifndef NO_PRUNE_MARK
        reported = (reported | (pruned[d] & ~holds_changes[d])) & ~covered;
#endif
        if
        :: rolled_back ->
#ifndef NO_NEW_EPOCH
#ifdef EPOCH_NOT_ABOVE_SHOWN
            append(0, epoch[hub_end] + 1);
#else
            w = (epoch[place[d]] > epoch[hub_end] -> epoch[place[d]] : epoch[hub_end]);
            append(0, w + 1);
            w = 0;
#endif
#endif
            skip
        :: else
        fi;
#ifndef NO_EVIDENCE
        if :: !rolled_back -> hub_has = hub_has | has[d] :: else fi;
#endif
        /* What it can take: what builds on entries that it holds. */
        line(hub_end, set, covered);
        c = 1;
        do
        :: c <= CHANGES ->
            if
            :: (offered & BIT(c)) && !(covered & BIT(c)) && (hub_has & BIT(depends[c])) -> append(c, epoch[hub_end])
            :: else
            fi;
            c++
        :: else -> break
        od;
        c = 0; offered = 0
        }
        check_bases(covered, hub_has, hub_end);
        if
        :: losses > 0 -> losses--
        :: true ->
            d_step {
            line(hub_end, set, covered);
            if
#ifdef REWIND_BY_HASH
            :: rolled_back ->
#else
            :: epoch[hub_end] != epoch[place[d]] ->
#endif
                /* a new epoch: received is what this line has a receipt of */
#ifdef KEEP_RECEIPTS
                at_hub[d] = at_hub[d] | covered
#else
                at_hub[d] = covered
#endif
            :: else -> at_hub[d] = at_hub[d] | covered
            fi;
#ifdef DISCARD_ON_NEW_EPOCH
            if
            :: rolled_back -> holds_changes[d] = holds_changes[d] & covered
            :: else
            fi;
#endif
            place[d] = hub_end;
            took[d] = took[d] | covered;
            /* segments come for what is new on the line; what lies below the generation comes as a snapshot */
            holds_changes[d] = holds_changes[d] | covered;
#ifdef EVIDENCE_AT_HUB_ONLY
            has[d] = has[d] | set;
#elif defined(KEEP_PLACE_ONLY)
            has[d] = has[d] | BIT(hub_end);
#else
            has[d] = has[d] | hub_has;
#endif
#ifdef PRUNE_ON_RECEIPT
            holds_changes[d] = holds_changes[d] & ~at_hub[d];
#else
            line(hub_named, set, covered);
            pruned[d] = pruned[d] | (holds_changes[d] & at_hub[d] & covered);
            holds_changes[d] = holds_changes[d] & ~(at_hub[d] & covered);
#endif
            line(hub_end, set, covered)
            }
            holds(received_means_kept, (at_hub[d] & ~covered) == 0);
#ifndef OLDER_COPY
            holds(received_means_kept, reported == 0);
#endif
            holds(no_silent_loss, (took[d] & ~(covered | holds_changes[d] | reported)) == 0);
            check_bases(holds_changes[d], has[d], place[d])
        fi;
        c = 0; w = 0; set = 0; covered = 0; seen = 0; rolled_back = false }
    od
}

proctype Hub() {
    do
    :: atomic { backups > 0 && rollbacks > 0 && (!copied || copy_end != hub_end) -> /* a copy is made; the one before is gone */
        backups--;
#ifdef OLDER_COPY
        older_has = copy_has; older_end = copy_end; older_changes = copy_changes; older = copied;
#endif
        copy_has = hub_has; copy_end = hub_end; copy_changes = hub_changes; copied = true }
#ifdef NAME_BEFORE_BACKUP
    :: atomic { copied && hub_named != hub_end -> hub_named = hub_end }
#else
    :: atomic { copied && hub_named != copy_end -> hub_named = copy_end }
#endif
    :: atomic { copied && rollbacks > 0 && hub_end != copy_end ->
        rollbacks--;
        /* the copy was made before it was named, so the hub does not know any more what it promised */
        hub_has = copy_has; hub_end = copy_end; hub_changes = copy_changes; hub_named = 0 }
#ifdef OLDER_COPY
    :: atomic { older && rollbacks > 0 -> /* behind the promise, if the newer copy was named */
        rollbacks--;
        copied = false; older = false;
        hub_has = older_has; hub_end = older_end; hub_changes = older_changes; hub_named = 0 }
#endif
    od
}

init {
    atomic {
        epoch[0] = 1; hub_has = 1; has[0] = 1; has[1] = 1;
        run Device(0); run Device(1); run Hub()
    }
}

#define in_sync(d) (gone[d] || (place[d] == hub_end && (took[d] & ~(hub_changes | reported)) == 0 && (OWN(d) & ~made) == 0))
ltl comes_to_rest { <> [] (in_sync(0) && in_sync(1)) }
