import ControlAPI
import Foundation
import Terminal

/// The themes that there are: the program's, and the user's, of which one with a name of the program's takes its place.
struct Themes {
    private(set) var all = Theme.builtIn
    /// What is wrong with a file of the user's, which is left out.
    private(set) var trouble: ControlError?

    /// Reads every `*.yaml` of the folder; one that is not there has none. Blocks while it reads.
    init(folder: String?) {
        guard let folder else { return }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for file in files.sorted() where file.hasSuffix(".yaml") {
            do {
                add(try Theme(path: folder + "/" + file))
            } catch {
                trouble = ControlError(
                    .invalid, "\(folder)/\(file) is left out. \(error)",
                    remedy: "See themes/atlas-dark.yaml of lagzero.")
            }
        }
    }

    private mutating func add(_ theme: Theme) {
        if let index = all.firstIndex(where: { $0.name == theme.name }) {
            all[index] = theme
        } else {
            all.append(theme)
        }
    }
}
