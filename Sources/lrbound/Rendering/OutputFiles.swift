import Glibc
import Schedules
import Support

/// The files that a command is about to write, none of which may be a file that it reads or writes besides.
enum OutputFiles {
  /// The options of all commands that name a file to write.
  ///
  /// A new one must be listed here.
  static let options = ["--plot", "--schedule-out", "--calibration-out"]

  /// What a path leads to: a file by its identity, so that links do not hide it, or else a place to be filled.
  private enum Place: Equatable {
    case file(device: UInt, number: UInt)
    case free(String)
  }

  /// Refuses an output that is an input or another output, before anything is read or written.
  ///
  /// Every other argument counts as an input where it names a file: `@file`, an entry of a list, a folder with
  /// all that is in it. So do files that the standard streams are redirected to.
  ///
  /// - Parameter arguments: the command line.
  /// - Throws: `InputError` naming both.
  static func check(_ arguments: WrittenArguments) throws(InputError) {
    var taken: [(place: Place, name: String)] = []
    for (descriptor, name) in ["standard input", "standard output", "standard error"].enumerated() {
      var status = stat()
      if fstat(Int32(descriptor), &status) == 0, let place = regular(status) {
        taken.append((place, name))
      }
    }
    let inputs =
      arguments.others + arguments.options.filter { !options.contains($0.name) }.map(\.value)
    let candidates = inputs.flatMap(paths)
    for path in candidates {
      if case .file? = place(of: path), let place = place(of: path) {
        taken.append((place, "the input '\(printable(path, most: 1000))'"))
      }
    }
    for (name, path) in arguments.options where options.contains(name) && path != "-" {
      guard let place = place(of: path) else { continue }
      let written = "\(name) '\(printable(path, most: 1000))'"
      if let other = taken.first(where: { $0.place == place }) {
        throw InputError.usage("\(written): this is also \(other.name)", "give another file")
      }
      if case .file = place, let folder = candidates.first(where: { holds($0, path) }) {
        throw InputError.usage(
          "\(written): this file is in the input '\(printable(folder, most: 1000))'",
          "give a file elsewhere")
      }
      taken.append((place, written))
    }
  }

  /// The paths that an argument may stand for.
  private static func paths(_ argument: String) -> [String] {
    let parts = argument.split(separator: ",").map(String.init)
    return (parts.count > 1 ? [argument] + parts : [argument]).map { part in
      part.hasPrefix("@") ? String(part.dropFirst()) : part
    }
  }

  /// Where a path leads; nil for what is written to without being replaced, such as a pipe.
  private static func place(of path: String) -> Place? {
    var status = stat()
    if stat(path, &status) == 0 { return regular(status) }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let parent = path.dropLast(name.count)
    return resolved(parent.isEmpty ? "." : String(parent)).map { .free($0 + "/" + name) }
  }

  private static func regular(_ status: stat) -> Place? {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    return .file(device: UInt(status.st_dev), number: UInt(status.st_ino))
  }

  /// Whether a path is a folder that holds a file; pictures are never read.
  private static func holds(_ folder: String, _ file: String) -> Bool {
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      let outer = resolved(folder), let inner = resolved(file)
    else { return false }
    return inner.hasPrefix(outer + "/") && !inner.lowercased().hasSuffix(".svg")
  }

  private static func resolved(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}
