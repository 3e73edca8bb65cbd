import Glibc
import Schedules
import Support

/// The log in a folder written by a trainer or logger.
struct LogFolder {
  private enum Contents {
    case file(String)
    case eventFiles([String])
    case metrics(String)
  }

  private let path: String
  private let contents: Contents

  /// Finds the log in a folder; nil if the path is not a folder, an error if it holds no log or several.
  init?(_ path: String) throws(InputError) {
    guard path != "-", Self.isFolder(path) else { return nil }
    self.path = path
    let names = try Self.names(in: path)
    let places = names.map { path + "/" + $0 }
    let events = places.filter { $0.contains("tfevents") && !Self.isFolder($0) }
    let known = places.filter { place in
      place.hasSuffix(".wandb") || place.hasSuffix("/trainer_state.json")
        || place.hasSuffix("/metrics.csv")
    }
    let metrics = path + "/metrics"
    if known.count > 1 {
      throw InputError(
        path: path,
        problem:
          "it holds \(known.count) logs (\(printable(known.joined(separator: ", "), most: 300)))",
        hint: "give one of them")
    } else if let file = known.first {
      contents = .file(file)
    } else if !events.isEmpty {
      contents = .eventFiles(events)
    } else if names.contains("metrics"), Self.isFolder(metrics) {
      contents = .metrics(metrics)
    } else if let state = Self.lastCheckpoint(in: path, names) {
      contents = .file(state)
    } else {
      throw InputError(
        path: path, problem: "it is a folder without a log",
        hint: "give a file, or a folder with event files, a .wandb file or an MLflow run's metrics")
    }
  }

  /// The state in the Trainer's last `checkpoint-N`, which holds the whole run's history.
  private static func lastCheckpoint(in path: String, _ names: [String]) -> String? {
    let prefix = "checkpoint-"
    let steps = names.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }
    return steps.sorted().reversed().lazy.map { "\(path)/\(prefix)\($0)/trainer_state.json" }
      .first { access($0, F_OK) == 0 }
  }

  func read(_ options: LogOptions) throws(InputError) -> RawLog {
    var log = try readLog(options)
    // OLMo-core saves its configuration under this name; other files of the name state no batch.
    if let configuration = try? ParameterValue(contentsOf: path + "/config.json") {
      log.take(configuration: configuration)
    }
    return log
  }

  private func readLog(_ options: LogOptions) throws(InputError) -> RawLog {
    switch contents {
    case .file(let file):
      let bytes = try readBytes(file, isNamed: false)
      return try LogFormat.read(bytes, path: path, options: options)
    case .eventFiles(let files):
      var contents: [[UInt8]] = []
      for file in files { contents.append(try readBytes(file, isNamed: false)) }
      return try TensorBoardLog.read(contents, path: path)
    case .metrics(let folder):
      var metrics: [(name: String, bytes: [UInt8])] = []
      try Self.readFiles(in: folder, prefix: "", level: 0, into: &metrics)
      var parameters: [(name: String, bytes: [UInt8])] = []
      if Self.isFolder(path + "/params") {
        try Self.readFiles(in: path + "/params", prefix: "", level: 0, into: &parameters)
      }
      return try MLflowLog.read(metrics, parameters: parameters, path: path)
    }
  }

  /// A metric or parameter named `train/loss` is a file in a subfolder `train`.
  private static func readFiles(
    in folder: String, prefix: String, level: Int,
    into files: inout [(name: String, bytes: [UInt8])]
  ) throws(InputError) {
    for name in try names(in: folder) {
      let place = folder + "/" + name
      if isFolder(place) {
        guard level < 16 else { continue }
        try readFiles(in: place, prefix: prefix + name + "/", level: level + 1, into: &files)
      } else {
        files.append((prefix + name, try readBytes(place, isNamed: false)))
      }
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func names(in folder: String) throws(InputError) -> [String] {
    guard let handle = opendir(folder) else {
      throw InputError(
        path: folder, problem: String(cString: strerror(errno)), hint: "give a readable folder")
    }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
