internal import BSON
internal import Mongo

extension Validation {
    /// What a server says of itself to everyone.
    struct Hello: Hashable, Sendable {
        let setName: String?
        /// Members that hold data and are not hidden, as the set names them.
        let members: [String]
        let primary: String?
        let isPrimary: Bool
        let isRouter: Bool
        /// Started for a replica set that was never initiated.
        let isUninitiated: Bool
        /// Of the server's process, new at every start; nil before MongoDB 4.4.
        let process: ObjectID?
        /// How the user that was asked for can log in; nil when the server knows no such user.
        let mechanisms: [String]?
        let version: ServerVersion?

        init(_ answer: Document, buildInfo: Document) {
            setName = answer["setName"]?.string
            members = ["hosts", "passives"].flatMap {
                answer[$0]?.elements.compactMap(\.string) ?? []
            }
            primary = answer["primary"]?.string
            isPrimary = answer["isWritablePrimary"]?.bool ?? answer["ismaster"]?.bool ?? false
            isRouter = answer["msg"]?.string == "isdbgrid"
            isUninitiated = answer["isreplicaset"]?.bool ?? false
            if case .objectID(let id) = answer["topologyVersion"]?.document?["processId"] {
                process = id
            } else {
                process = nil
            }
            mechanisms = answer["saslSupportedMechs"]?.elements.compactMap(\.string)
            version = ServerVersion(buildInfo: buildInfo)
        }

        /// Asks one host, without a login. Blocks its thread.
        static func ask(_ host: ConnectionString, user: String?) throws(MongoError) -> Hello {
            var question: Document = ["hello": 1]
            if let user { question = question.setting("saslSupportedMechs", to: .string(user)) }
            let answer: Document
            do throws(MongoError) {
                answer = try HostProbe.ask(question, of: host)
            } catch  where error.isCommandNotFound {
                // Before 4.4.2.
                answer = try HostProbe.ask(["isMaster": 1], of: host)
            }
            return Hello(answer, buildInfo: try HostProbe.ask(["buildInfo": 1], of: host))
        }
    }
}

extension ConnectionString {
    /// The user as servers name it: `database.name`.
    var qualifiedUser: String? {
        username.map { "\(options["authsource"] ?? database ?? "admin").\($0)" }
    }
}
