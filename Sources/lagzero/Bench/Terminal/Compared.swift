/// The same measured on the wizard and on its peers.
struct Compared<Value> {
    let own: Value
    /// Nil where a peer could not be measured, or has nothing like it.
    let peers: [Value?]

    func figure(
        _ name: String, atMost limit: Double? = nil, _ unit: Figure.Unit, note: String = "",
        _ value: (Value) -> Double
    ) -> Figure {
        Figure(
            name: name, measured: value(own), limit: limit, unit: unit, note: note,
            peers: peers.map { $0.map(value) })
    }
}

extension [Double] {
    /// The value that such a share of all does not exceed; NaN of nothing.
    func percentile(_ share: Double) -> Double {
        let sorted = sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[Swift.min(count - 1, Int(Double(count) * share))]
    }

    var median: Double { percentile(0.5) }
    var most: Double { self.max() ?? .nan }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1_000 + Double(components.attoseconds) / 1e15
    }
}
