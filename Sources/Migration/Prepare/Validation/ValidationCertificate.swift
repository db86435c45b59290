internal import Mongo

extension ValidationCheck {
    /// The CA file as it was read; nil when it could not be read in time. `now` is in seconds since 1970.
    static func certificateFile(
        _ path: String, _ read: Result<CertificateFile, CertificateFile.Failure>?, side: Side,
        now: Int64
    ) -> ValidationCheck {
        func refused(_ seen: String, _ remedy: String) -> ValidationCheck {
            ValidationCheck(
                .certificateFile, side, .failure, seen: "\(path): \(seen)", remedy: remedy)
        }
        switch read {
        case .success(let file):
            let valid = file.validities.filter { $0.begin <= now && now <= $0.end }
            guard valid.isEmpty else {
                return ValidationCheck(
                    .certificateFile, side, .pass,
                    seen: "\(path): \(Validation.counted(file.validities.count, "certificate"))")
            }
            let isOld = file.validities.allSatisfy { $0.end < now }
            return refused(
                isOld ? "every certificate in it has expired" : "no certificate in it is valid now",
                "Name a file with the CA's current certificate, and check this host's clock.")
        case .failure(let failure):
            let remedy =
                switch failure {
                case .missing: "Copy the CA file to this host, or correct tlsCAFile."
                case .unreadable: "Let the user that runs lagzero read the file."
                case .noCertificate: "Name a PEM file that begins with -----BEGIN CERTIFICATE-----."
                case .malformed: "Copy the CA file again, complete with its last line."
                }
            return refused(failure.words, remedy)
        case nil:
            return ValidationCheck(
                .certificateFile, side, .unknown, seen: "\(path) could not be read in time")
        }
    }
}

extension CertificateFile.Failure {
    var words: String {
        switch self {
        case .missing: "there is no such file on this host"
        case .unreadable(let reason): "it cannot be read: \(reason)"
        case .noCertificate: "there is no certificate in it"
        case .malformed: "a certificate in it is damaged"
        }
    }
}
