internal import BSON

extension SampleData.Shape {
    /// Four forms of a shape, so that documents differ in size and fields. All have `number`, which is unique; `group`,
    /// which a hundred values share; and `created`.
    func templates(ids: SampleData.IDs) -> [DocumentTemplate] {
        (0..<4).map { form in
            DocumentTemplate { builder in
                builder.gap("_id", .id(ids))
                builder.gap("number", .number)
                builder.gap("group", .int32(below: 100))
                builder.gap("created", .date)
                switch self {
                case .small: builder.small(form)
                case .medium: builder.medium(form)
                case .large: builder.large(form)
                }
            }
        }
    }
}

extension DocumentTemplate.Builder {
    fileprivate mutating func small(_ form: Int) {
        gap("name", .text(16 + 4 * form))
        gap("score", .double(0...100))
        gap("active", .bool)
        if form == 3 { constant("note", .null) }
        array("tags", count: form + 1) { $0.gap($1, .text(6)) }
        nested("place") {
            $0.gap("city", .text(10))
            $0.gap("zip", .int32(below: 100_000))
        }
    }

    fileprivate mutating func medium(_ form: Int) {
        gap("customer", .text(24))
        gap("total", .double(1...10_000))
        gap("paid", .bool)
        position("location")
        nested("address") {
            $0.gap("street", .text(30))
            $0.gap("city", .text(12))
            $0.gap("zip", .int32(below: 100_000))
        }
        array("lines", count: 8 + 2 * form) { builder, name in
            builder.nested(name) {
                $0.gap("article", .int32(below: 50_000))
                $0.gap("title", .text(40))
                $0.gap("price", .double(0...500))
                $0.gap("quantity", .int32(below: 20))
            }
        }
        if form > 0 { gap("shipped", .date) }
        gap("comment", .text(300 + 100 * form))
        gap("signature", .noise(96))
    }

    fileprivate mutating func large(_ form: Int) {
        gap("title", .text(60))
        position("location")
        array("chapters", count: 16) { builder, name in
            builder.nested(name) {
                $0.gap("written", .date)
                $0.gap("text", .text(6000 + 1000 * form))
                $0.array("measures", count: 64) { $0.gap($1, .double(-1...1)) }
            }
        }
        gap("picture", .noise(60_000 + 10_000 * form))
    }

    /// A GeoJSON point, for a 2dsphere index.
    private mutating func position(_ name: String) {
        nested(name) {
            $0.constant("type", "Point")
            $0.array("coordinates", count: 2) {
                $0.gap($1, .double($1 == "0" ? -180...180 : -90...90))
            }
        }
    }
}
