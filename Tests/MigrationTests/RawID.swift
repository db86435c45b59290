import BSON

/// An `_id` as it is stored.
func rawID(_ value: Value) -> RawValue {
    let document: Document = ["_id": value]
    guard let raw = document.raw("_id") else { preconditionFailure("an element has a value") }
    return raw
}
