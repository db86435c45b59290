internal import BSON
internal import Mongo

/// What the operator asked for, against what the destination says.
extension Validation.Party {
    mutating func checkTypedName(_ options: MigrationOptions) {
        guard options.drop, side == .destination else { return }
        let name = setName ?? ""
        let typed = options.dropConfirmation
        if !name.isEmpty, typed == name {
            add(.typedName, .pass, seen: name)
        } else {
            add(
                .typedName, .failure,
                seen: typed.map { "\"\($0)\" was typed, the replica set is \(name)" }
                    ?? "no name was typed",
                remedy: "To drop every user database of the destination, confirm with its name"
                    + (options.wording == .command ? ": --drop-confirm \(name)" : ", \(name).")
            )
        }
    }

    /// Whether a migration's state is on the destination.
    mutating func checkEarlierMigration(_ options: MigrationOptions) async {
        guard let login, side == .destination else { return }
        let answer = await Validation.answer { () throws(MongoError) in
            try await login.link.all(
                ["find": "state", "limit": 1], on: NamespaceFilter.stateDatabase)
        }
        switch answer {
        case .success(let found):
            checks.append(Validation.earlierMigration(isThere: !found.isEmpty, options))
        case .failure(let error): add(.earlierMigration, .unknown, seen: words.of(error))
        }
    }
}

extension Validation {
    static func earlierMigration(isThere: Bool, _ options: MigrationOptions) -> ValidationCheck {
        func check(
            _ outcome: ValidationCheck.Outcome, message: String? = nil, seen: String,
            remedy: String? = nil
        ) -> ValidationCheck {
            ValidationCheck(
                .earlierMigration, .destination, outcome, message: message, seen: seen,
                remedy: remedy)
        }
        let place = "\(NamespaceFilter.stateDatabase).state"
        switch (isThere, options.resume, options.drop) {
        case (_, true, true):
            return check(
                .failure, message: "A migration cannot both go on and begin anew",
                seen: "--resume and --drop are both given", remedy: "Give one of them.")
        case (true, true, false): return check(.pass, seen: "it goes on from the state in \(place)")
        case (true, false, true):
            return check(
                .warning, message: "The state of an earlier migration will be dropped",
                seen: "\(place) is there",
                remedy: options.wording == .command
                    ? "To go on with that migration instead, use --resume without --drop."
                    : "To go on with that migration instead, do not clear the destination.")
        case (true, false, false):
            return check(
                .failure, seen: "its state is in \(place)",
                remedy: options.wording == .command
                    ? "Go on with it with --resume, or clear the destination and start anew with --drop."
                    : "Validate again to go on with it, or clear the destination to begin anew.")
        case (false, true, false):
            return check(
                .failure, message: "There is no migration to resume", seen: "\(place) is empty",
                remedy: options.wording == .command
                    ? "Start the migration without --resume." : "Validate again to begin a new one."
            )
        case (false, false, _): return check(.pass, seen: "no state of another one is there")
        }
    }
}
