internal import BSON
internal import Glibc

/// A document with gaps of fixed size. Filling the gaps of a copy is many times faster than building a document.
struct DocumentTemplate: Sendable {
    /// What goes into a gap.
    enum Filling: Sendable {
        case id(SampleData.IDs)
        /// The document's number, an int64.
        case number
        /// An int32 from 0 to below the limit.
        case int32(below: UInt64)
        /// A double in a range.
        case double(ClosedRange<Double>)
        /// Milliseconds within the ten years from 2015 on.
        case date
        case bool
        /// So many bytes of words.
        case text(Int)
        /// So many bytes that cannot be compressed.
        case noise(Int)
    }

    private struct Slot {
        let offset: Int
        let filling: Filling
    }

    private let bytes: [UInt8]
    private let slots: [Slot]
    var count: Int { bytes.count }

    /// Writes document number `index` to memory with room for `count` bytes.
    func write(
        to target: UnsafeMutableRawPointer, index: Int, seed: UInt64, random: inout SplitMix64
    ) {
        bytes.withUnsafeBytes { source in
            if let base = source.baseAddress {
                target.copyMemory(from: base, byteCount: source.count)
            }
        }
        for slot in slots {
            let gap = target + slot.offset
            switch slot.filling {
            case .id(let kind): kind.write(to: gap, index: index, seed: seed)
            case .number: store(Int64(index), gap)
            case .int32(let limit): store(Int32(truncatingIfNeeded: random.next() % limit), gap)
            case .double(let range):
                let unit = Double(random.next() >> 11) * 0x1p-53
                store(
                    (range.lowerBound + unit * (range.upperBound - range.lowerBound)).bitPattern,
                    gap)
            case .date: store(1_420_070_400_000 + Int64(random.next() % 315_360_000_000), gap)
            case .bool: store(UInt8(random.next() & 1), gap)
            case .text(let size): SampleText.words.copy(size, to: gap, random: &random)
            case .noise(let size): SampleText.noise.copy(size, to: gap, random: &random)
            }
        }
    }

    private func store(_ number: some FixedWidthInteger, _ gap: UnsafeMutableRawPointer) {
        gap.storeBytes(of: number.littleEndian, as: type(of: number))
    }
}

extension DocumentTemplate {
    /// Builds a template: as a `DocumentBuilder`, remembering where the gaps are.
    struct Builder {
        private var document = DocumentBuilder(reserving: 4096)
        private var slots: [Slot] = []

        mutating func gap(_ name: String, _ filling: Filling) {
            let (value, size, tail): (Value, Int, Int) =
                switch filling {
                case .id(let kind): (kind.placeholder, kind.size, 0)
                case .number: (.int64(0), 8, 0)
                case .int32: (.int32(0), 4, 0)
                case .double: (.double(0), 8, 0)
                case .date: (.date(0), 8, 0)
                case .bool: (.bool(false), 1, 0)
                case .text(let size): (.string(String(repeating: " ", count: size)), size, 1)
                case .noise(let size):
                    (.binary(subtype: 0, Array(repeating: 0, count: size)), size, 0)
                }
            document.append(name, value)
            slots.append(Slot(offset: document.count - size - tail, filling: filling))
        }

        mutating func constant(_ name: String, _ value: Value) { document.append(name, value) }

        mutating func nested(_ name: String, _ body: (inout Builder) -> Void) {
            document.begin(name)
            body(&self)
            document.end()
        }

        mutating func array(_ name: String, count: Int, _ body: (inout Builder, String) -> Void) {
            document.beginArray(name)
            for index in 0..<count { body(&self, String(index)) }
            document.end()
        }

        func finish() -> DocumentTemplate {
            DocumentTemplate(bytes: document.finish().bytes, slots: slots)
        }
    }

    init(_ body: (inout Builder) -> Void) {
        var builder = Builder()
        body(&builder)
        self = builder.finish()
    }
}

/// Bytes that texts are cut from: made once, the same in every run.
struct SampleText: Sendable {
    static let words = SampleText { random in
        let syllables = [
            "ka", "lo", "mi", "ter", "sun", "da", "vel", "or", "in", "que", "shi", "bra",
        ]
        var word = ""
        for _ in 0...(random.next() % 3) { word += syllables[Int(random.next() % 12)] }
        return Array((word + " ").utf8)
    }
    static let noise = SampleText { random in
        withUnsafeBytes(of: random.next().littleEndian) { Array($0) }
    }

    private let bytes: [UInt8]

    private init(_ piece: (inout SplitMix64) -> [UInt8]) {
        var random = SplitMix64(seed: 2024)
        var bytes: [UInt8] = []
        while bytes.count < Tuning.sampleTextBytes { bytes += piece(&random) }
        self.bytes = bytes
    }

    func text(_ count: Int, random: inout SplitMix64) -> String {
        let start = Int(random.next() % UInt64(bytes.count - count))
        return String(decoding: bytes[start..<(start + count)], as: UTF8.self)
    }

    func copy(_ count: Int, to target: UnsafeMutableRawPointer, random: inout SplitMix64) {
        let start = Int(random.next() % UInt64(bytes.count - count))
        bytes.withUnsafeBytes { source in
            if let base = source.baseAddress {
                target.copyMemory(from: base + start, byteCount: count)
            }
        }
    }
}
