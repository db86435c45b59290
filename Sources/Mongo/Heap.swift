internal import CMongo

/// How malloc keeps the blocks of up to 16 MB that travel between clusters.
package enum Heap {
    /// To be called before there is a second thread.
    ///
    /// Left alone, every thread gets an arena of its own that keeps what it has freed: 790 MB for a copy of 1.4 GB. With
    /// one arena, from which large blocks come too, they are used again, and their pages are not faulted in anew.
    package static func configure() {
        cmongo_configure_heap(
            Tuning.heapArenas, Tuning.heapMapThreshold, Tuning.heapTrimThreshold)
    }

    /// Gives what is free back to the kernel, for the end of work that held many large blocks: the next kind of work has
    /// blocks of other sizes, for which the gaps do not fit. Blocks allocations of all threads for milliseconds.
    package static func trim() { cmongo_trim_heap() }
}
