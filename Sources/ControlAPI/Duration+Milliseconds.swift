extension Duration {
    /// In the unit of every time on the wire; what is less is left out.
    package var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
