/*
 * Forks: two machines start as one device and its copy, or as one device whose state is put back from an image; the hub
 * meets both. A change is a token; what it follows makes it what it is, as a chain of hashes does, so a token is the hash
 * of a history.
 *
 * Bounds: CHANGES changes, at most COPIES times an image of a machine is put onto a machine (itself: a restore; the
 * other: a clone), LOSSES lost answers. Machine 1 has nothing until an image is put there. The hub's log is the set of
 * what it holds: each machine knows a beginning of it. What exchange.pml shows is taken for granted.
 *
 * Keys: 1 is the first device's, the others are made when a machine goes on as a new replica.
 */

#ifndef CHANGES
#define CHANGES 5
#endif
#ifndef COPIES
#define COPIES 2
#endif
#ifndef LOSSES
#define LOSSES 1
#endif
#define HUB 2
#define BIT(c) (1 << (c))
#define N 6 /* tokens are 1 to 5; 0 is the beginning of each log */

byte parent[N], key[N], seq[N];
byte context[N]; /* of each change: what its author's machine held, which its segment's dependency says */
byte made;
byte held[3]; /* by machines 0, 1 and the hub; BIT(0) is always set */
byte known[2]; /* what each machine knows that the hub holds */
byte tip[2], own[2]; /* the end of a machine's own log, and its key */
bool there[2];
byte keys = 1;
byte name[18]; /* under which branch each replica has each change: the branch's first change, 0 for none */
#ifdef NEST_NAMES
byte outer[18]; /* the name that this name was made in */
#define OUTER(h, t) outer[(h) * N + (t)]
#else
#define OUTER(h, t) 0
#endif
byte image_held, image_known, image_tip, image_own;
bool imaged;
byte copies = COPIES, images = COPIES, losses = LOSSES;

hidden byte forks_are_seen, received_means_kept, names_follow_from_what_is_held, a_dot_names_one_change;
hidden byte words_mean_what_was_meant, one_copy_one_fork, equal_knowledge_equal_names;
#define holds(property, condition) property = (condition); assert(property)

#define NAME(h, t) name[(h) * N + (t)]
#define SIBLINGS(a, b) (parent[a] == parent[b] && key[a] == key[b])

inline put_name(ph, pt, pn, po) {
    NAME(ph, pt) = pn;
#ifdef NEST_NAMES
    OUTER(ph, pt) = po
#endif
}

/* The name of a change among a set, by the definition: from the nearest fork below it, with the original replica. */
inline defined_name(dt, dset, dresult) {
    dresult = dt;
    do
    :: true ->
        q = 1; many = 0;
        do
        :: q < N -> if :: (dset & BIT(q)) && SIBLINGS(q, dresult) -> many++ :: else fi; q++
        :: else -> break
        od;
        if
        :: many > 1 -> break
        :: many <= 1 && parent[dresult] == 0 -> dresult = 0; break
        :: else -> dresult = parent[dresult]
        fi
    od;
    q = 0; many = 0
}

/* Takes one change in and names it, renaming what it splits. */
inline insert(ih, it) {
    held[ih] = held[ih] | BIT(it);
    q = 1; many = 0; other = 0;
    do
    :: q < N ->
        if
        :: q != it && (held[ih] & BIT(q)) && SIBLINGS(q, it) -> many++; other = q
        :: else
        fi;
        q++
    :: else -> break
    od;
    if
    :: many == 0 -> put_name(ih, it, NAME(ih, parent[it]), OUTER(ih, parent[it]))
    :: many > 0 ->
#ifdef NEST_NAMES
        put_name(ih, it, it, NAME(ih, parent[it]));
#else
        put_name(ih, it, it, 0);
#endif
#ifndef FIRST_KEEPS_ITS_NAME
        if
        :: many == 1 ->
            /* the branch that was there: what went by the name that it had, from the fork up */
            was = NAME(ih, other);
            q = 1;
            do
            :: q < N ->
                if
                :: (held[ih] & BIT(q)) && NAME(ih, q) == was && q != it && key[q] == key[it] ->
                    up = q;
                    do
                    :: up != 0 && up != other -> up = parent[up]
                    :: else -> break
                    od;
                    if
#ifdef NEST_NAMES
                    :: up == other -> put_name(ih, q, other, was)
#else
                    :: up == other -> put_name(ih, q, other, 0)
#endif
                    :: else
                    fi
                :: else
                fi;
                q++
            :: else -> break
            od
        :: else
        fi
#endif
    fi;
    q = 0; many = 0; other = 0; was = 0; up = 0
}

inline check() {
    d_step {
        r = 0;
        do
        :: r < 3 ->
            t = 1;
            do
            :: t < N ->
                if
                :: held[r] & BIT(t) ->
                    u = 1;
                    do
                    :: u < t ->
                        holds(a_dot_names_one_change, !(held[r] & BIT(u)) || key[u] != key[t] || seq[u] != seq[t] ||
                            NAME(r, u) != NAME(r, t) || OUTER(r, u) != OUTER(r, t));
                        u++
                    :: else -> break
                    od;
                    u = 0;
                    do
                    :: u < 3 ->
                        holds(equal_knowledge_equal_names, held[u] != held[r] ||
                            (NAME(u, t) == NAME(r, t) && OUTER(u, t) == OUTER(r, t)));
                        u++
                    :: else -> break
                    od;
                    /* a word that t's author wrote for u, read by r: a dot under the name that it had there */
                    u = 1;
                    do
                    :: u < t ->
                        if
                        :: context[t] & BIT(u) ->
                            defined_name(u, context[t], written);
                            v = 1;
                            do
                            :: v < N ->
                                if
                                :: (held[r] & BIT(v)) && key[v] == key[u] && seq[v] == seq[u] ->
#ifdef READ_UNDER_PRESENT_NAMES
                                    holds(words_mean_what_was_meant, (v == u) == (NAME(r, v) == written));
#else
                                    if
                                    :: context[t] & BIT(v) ->
                                        defined_name(v, context[t], read);
                                        holds(words_mean_what_was_meant, (v == u) == (read == written))
                                    :: else
                                    fi;
#endif
                                :: else
                                fi;
                                v++
                            :: else -> break
                            od
                        :: else
                        fi;
                        u++
                    :: else -> break
                    od;
                    defined_name(t, held[r], read);
                    holds(names_follow_from_what_is_held, read == NAME(r, t))
                :: else
                fi;
                t++
            :: else -> break
            od;
            r++
        :: else -> break
        od;
        /* branches beyond the first, at all forks together */
        t = 1; many = 0;
        do
        :: t < N ->
            u = 1;
            do
            :: u < t -> if :: key[t] && SIBLINGS(t, u) -> many++; break :: else fi; u++
            :: else -> break
            od;
            t++
        :: else -> break
        od;
#ifdef RESTORED_AS_A_NEW_REPLICA
        holds(one_copy_one_fork, many == 0);
#else
        holds(one_copy_one_fork, many <= COPIES - copies);
#endif
        r = 0; t = 0; u = 0; v = 0; q = 0; many = 0; written = 0; read = 0
    }
}

#define LOCALS byte q, many, other, was, up, r, t, u, v, written, read

proctype Machine(byte m) {
    LOCALS;
    byte offered;
    do
    :: atomic { there[m] && made < CHANGES -> /* a person saves */
        made++;
        parent[made] = tip[m]; key[made] = own[m]; seq[made] = (tip[m] -> seq[tip[m]] + 1 : 1);
        context[made] = held[m];
        tip[m] = made;
        insert(m, made);
        check() }
    :: atomic { there[m] && made > 0 && images > 0 && copies > 0 -> /* an image is made; an older one is thrown away */
        images--;
        image_held = held[m]; image_known = known[m]; image_tip = tip[m]; image_own = own[m]; imaged = true }
    :: atomic { imaged && copies > 0 && (made > 0) -> /* and put onto this machine, with all that was on it gone */
        copies--;
        held[m] = 1; known[m] = image_known; tip[m] = image_tip; own[m] = image_own; there[m] = true;
        t = 1;
        do
        :: t < N -> put_name(m, t, 0, 0); t++
        :: else -> break
        od;
        t = 1;
        do
        :: t < N -> if :: image_held & BIT(t) -> insert(m, t) :: else fi; t++
        :: else -> break
        od;
#ifdef RESTORED_AS_A_NEW_REPLICA
        keys++; own[m] = keys; tip[m] = 0;
#endif
        t = 0;
        if :: copies == 0 -> imaged = false; image_held = 0; image_known = 0; image_tip = 0; image_own = 0 :: else fi;
        check() }
    :: atomic { there[m] && (held[m] != held[HUB] || known[m] != held[HUB]) ->
        /* the device offers what the hub's log, as it holds it, does not have */
        offered = held[m] & ~known[m];
        t = 1;
        do
        :: t < N ->
            if
            :: (offered & BIT(t)) && !(held[HUB] & BIT(t)) ->
#ifdef NO_HASH_IN_HEAD
                u = 1; many = 0;
                do
                :: u < N -> if :: (held[HUB] & BIT(u)) && key[u] == key[t] && seq[u] == seq[t] -> many++ :: else fi; u++
                :: else -> break
                od;
                u = 0;
                if :: many == 0 && (parent[t] == 0 || (held[HUB] & BIT(parent[t]))) -> many = 0; insert(HUB, t) :: else fi;
                many = 0
#else
                insert(HUB, t)
#endif
            :: else
            fi;
            t++
        :: else -> break
        od;
        t = 0;
        if
        :: losses > 0 -> losses--; offered = 0; check()
        :: true ->
            t = 1;
            do
            :: t < N ->
                if
                :: (held[HUB] & BIT(t)) && !(held[m] & BIT(t)) ->
#ifdef NO_OWN_SEGMENTS
                    if
                    :: key[t] != own[m] && (parent[t] == 0 || (held[m] & BIT(parent[t]))) -> insert(m, t)
                    :: else -> offered = 0; break /* a receipt for what the device does not hold: the answer is not taken */
                    fi
#elif defined(NO_HASH_IN_HEAD)
                    u = 1; many = 0;
                    do
                    :: u < N -> if :: (held[m] & BIT(u)) && key[u] == key[t] && seq[u] == seq[t] -> many++ :: else fi; u++
                    :: else -> break
                    od;
                    u = 0;
                    if :: many == 0 && (parent[t] == 0 || (held[m] & BIT(parent[t]))) -> many = 0; insert(m, t) :: else fi;
                    many = 0
#else
                    insert(m, t)
#endif
                :: else
                fi;
                t++
            :: else -> break
            od;
#ifdef NO_OWN_SEGMENTS
            if :: t < N -> known[m] = known[m] :: else -> known[m] = held[HUB] fi;
#else
            known[m] = held[HUB];
#ifdef NO_HASH_IN_HEAD
            known[m] = known[m] | offered; /* it has a receipt for that number */
#endif
#endif
            t = 1;
            do
            :: t < N ->
                u = 1;
                do
                :: u < N ->
                    if
                    :: u != t && key[u] && key[u] == key[t] && seq[u] == seq[t] && ((held[m] | held[HUB]) & BIT(u)) &&
                        ((held[m] | held[HUB]) & BIT(t)) ->
                        holds(forks_are_seen, (held[m] & BIT(t)) && (held[m] & BIT(u)) && (held[HUB] & BIT(t)) &&
                            (held[HUB] & BIT(u)))
                    :: else
                    fi;
                    u++
                :: else -> break
                od;
                t++
            :: else -> break
            od;
            t = 0; u = 0;
            holds(received_means_kept, !(known[m] & ~held[HUB]));
            /* Does anybody else write under this key? */
            t = 1;
            do
            :: t < N ->
                if
                :: (held[m] & BIT(t)) && key[t] == own[m] ->
                    up = tip[m];
                    do
                    :: up != 0 && up != t -> up = parent[up]
                    :: else -> break
                    od;
                    if :: up != t -> break :: else fi
                :: else
                fi;
                t++
            :: else -> break
            od;
            if
            :: t < N ->
#ifdef KEEP_KEY_AFTER_FORK
                /* goes on at the greatest (number, hash) under its key that it holds */
                t = 1;
                do
                :: t < N ->
                    if :: (held[m] & BIT(t)) && key[t] == own[m] && seq[t] >= seq[tip[m]] -> tip[m] = t :: else fi;
                    t++
                :: else -> break
                od
#else
                keys++; own[m] = keys; tip[m] = 0
#endif
            :: else
            fi;
            offered = 0; t = 0; up = 0; u = 0; many = 0;
            check()
        fi }
    od
}

init {
    atomic {
        held[0] = 1; held[1] = 1; held[2] = 1; known[0] = 1; known[1] = 1; own[0] = 1; there[0] = true;
        run Machine(0); run Machine(1)
    }
}

#define in_sync(m) (!there[m] || (held[m] == held[HUB] && known[m] == held[HUB]))
ltl comes_to_rest { <> [] (made == CHANGES && in_sync(0) && in_sync(1)) }
