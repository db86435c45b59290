import Migration

/// `--include` and `--exclude`, checked.
enum NamespaceArguments {
    /// Throws `UsageError` that names the option, its value and what is wrong with it.
    static func filter(include: [String], exclude: [String]) throws(UsageError) -> NamespaceFilter {
        var filter = NamespaceFilter()
        for text in include {
            let pattern = try pattern(text, of: "--include")
            if NamespaceFilter.internalDatabases.contains(pattern.database) {
                throw UsageError(
                    "--include '\(text)': the database \(pattern.database) is never migrated")
            }
            if let name = pattern.collection, name.hasPrefix("system."), name != "system.js" {
                throw UsageError(
                    "--include '\(text)': of system collections only system.js is migrated by itself"
                )
            }
            filter.include.append(pattern)
        }
        for text in exclude { filter.exclude.append(try pattern(text, of: "--exclude")) }
        if !include.isEmpty, filter.include.allSatisfy({ isExcluded($0, by: filter) }) {
            throw UsageError(
                "nothing is left to migrate: --exclude takes out all that --include names")
        }
        return filter
    }

    private static func pattern(
        _ text: String, of option: String
    ) throws(UsageError) -> NamespaceFilter.Pattern {
        if let problem = problem(with: text) { throw UsageError("\(option) '\(text)': \(problem)") }
        guard let pattern = NamespaceFilter.Pattern(text) else {
            throw UsageError("\(option) '\(text)': it must be db.* or db.collection")
        }
        return pattern
    }

    /// What is wrong, in words; nil when nothing is. Rules for names: MongoDB's manual, "Naming
    /// Restrictions".
    private static func problem(with text: String) -> String? {
        guard let dot = text.firstIndex(of: ".") else {
            return text.isEmpty
                ? "it is empty; it must be db.* or db.collection"
                : "there is no dot; for the whole database write \(text).*"
        }
        let database = text[..<dot]
        let collection = text[text.index(after: dot)...]
        if database.isEmpty { return "the database before the dot is missing" }
        if database.contains("*") { return "* cannot stand for databases; name each one" }
        if let character = database.first(where: { "/\\ \"$\0".contains($0) }) {
            return "a database's name cannot hold '\(character)'"
        }
        if database.utf8.count > 63 { return "a database's name has at most 63 bytes" }
        if collection.isEmpty {
            return "the collection after the dot is missing; for all of them write \(database).*"
        }
        if collection.contains("*"), collection != "*" {
            return "* stands alone, for all collections; parts of names cannot be matched"
        }
        if collection.contains("\0") { return "a collection's name cannot hold a null character" }
        return nil
    }

    private static func isExcluded(_ pattern: NamespaceFilter.Pattern, by filter: NamespaceFilter)
        -> Bool
    {
        filter.exclude.contains {
            $0.database == pattern.database
                && ($0.collection == nil || $0.collection == pattern.collection)
        }
    }
}
