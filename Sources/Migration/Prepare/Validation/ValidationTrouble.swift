internal import Mongo

extension Validation {
    /// Why a host that takes connections does not say hello.
    enum Trouble: Hashable, Sendable {
        /// It says nothing at all.
        case silent
        /// It speaks neither MongoDB's protocol nor TLS.
        case stranger
        /// It speaks only TLS, and the connection string does not.
        case requiresTLS
        /// The connection string wants TLS, and it speaks none.
        case withoutTLS
        /// Its certificate is for another name.
        case otherName
        /// Its certificate is not signed by an authority known here, or has expired.
        case untrusted
        /// The handshake fails with any certificate: it wants one of ours, or there is no common protocol version.
        case handshake
        /// It speaks as it should; the driver's words say the rest.
        case other

        /// What was tried with the host after the driver had failed.
        struct Findings: Hashable, Sendable {
            var plain = HostProbe.Answer.silent
            var tls = HostProbe.Answer.silent
            /// Whether the driver succeeds when it accepts a certificate for any name.
            var succeedsWithAnyName = false
            /// Whether it succeeds when it accepts every certificate.
            var succeedsWithAnyCertificate = false
        }

        init(usesTLS: Bool, _ findings: Findings) {
            switch (findings.plain, findings.tls) {
            case (_, .understood) where usesTLS:
                self =
                    findings.succeedsWithAnyName
                    ? .otherName : findings.succeedsWithAnyCertificate ? .untrusted : .handshake
            case (.understood, _): self = usesTLS ? .withoutTLS : .other
            case (_, .understood): self = .requiresTLS
            case (.silent, _), (_, .silent): self = .silent
            default: self = .stranger
            }
        }
    }
}

extension Validation.Trouble {
    /// The check's answer. `words` are the driver's, already fit to be shown.
    func check(_ host: String, side: ValidationCheck.Side, words: String) -> ValidationCheck {
        func tls(_ seen: String, _ remedy: String) -> ValidationCheck {
            ValidationCheck(.tlsOptions, side, .failure, seen: "\(host): \(seen)", remedy: remedy)
        }
        func reach(_ seen: String, _ remedy: String) -> ValidationCheck {
            ValidationCheck(.reachable, side, .failure, seen: "\(host): \(seen)", remedy: remedy)
        }
        switch self {
        case .silent:
            return reach(
                "takes the connection and then says nothing within \(Tuning.greetingLimit.components.seconds) s",
                "See whether the server is frozen or overloaded, and whether a firewall or proxy stands between."
            )
        case .stranger:
            return reach("something that is not MongoDB answers", "Check host name and port.")
        case .other:
            return reach(
                "MongoDB answers, but not to the driver: \(words)", "See the server's log.")
        case .requiresTLS:
            return tls(
                "the server accepts only TLS, and the connection string has no TLS option",
                "Add tls=true to the connection string, and tlsCAFile=PATH for a CA of your own.")
        case .withoutTLS:
            return tls(
                "the server does not use TLS",
                "Remove tls=true and the other TLS options from the connection string, or enable TLS on the server."
            )
        case .otherName:
            return tls(
                "the server's certificate is for another name",
                "Use the host name that the certificate carries, here and in the replica set's configuration, or "
                    + "give the server a certificate with this name.")
        case .untrusted:
            return tls(
                "the server's certificate is not trusted: it has expired, or its CA is not known here (\(words))",
                "Name the CA's file with tlsCAFile=PATH, complete with intermediate certificates, and check the "
                    + "certificate's dates.")
        case .handshake:
            return tls(
                "the TLS handshake fails (\(words))",
                "If the server wants a certificate from its clients, name it with tlsCertificateKeyFile=PATH."
            )
        }
    }
}
