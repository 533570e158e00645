import CMalloc

/// How the C library keeps memory for threads.
enum Memory {
    /// Has all threads share two heaps. Left alone, the library gives them up to eight for each processor, and each keeps what
    /// an exchange on any of its threads once needed: the hub would grow with every device that fetches everything.
    ///
    /// For the start of a program that serves: a heap that is there already stays.
    static func shareHeaps() { phusa_limit_heaps(2) }
}
