import Glibc
import Schedules
import Support

/// The runs in files and folders: sweep tables, logs, folders of either.
public struct SweepFolder: Sendable {
  /// The runs of all tables, then those of all logs.
  public let sweep: Sweep

  /// The runs of the logs; nil without logs.
  public let logs: LoggedSweep?

  /// The unreadable files in folders, and why.
  public let unread: [LoggedSweep.Unused]

  /// The loss taken from each table with several.
  public let lossChoices: [LossChoice]

  /// The choice among a table's losses.
  public struct LossChoice: Equatable, Sendable {
    /// The table.
    public let path: String

    /// The column that was taken.
    public let taken: String

    /// The other columns of losses.
    public let others: [String]
  }

  /// Reads tables, logs and folders of them (`-` for standard input).
  ///
  /// A CSV file with a column that only a sweep has (`spec`, `family`, `base_lr`, …), or without steps,
  /// is a table; any other file is one run's log. `known` holds settings of the logged runs, `options`
  /// also names a table's columns. `noise` is the standard deviation of one run's final loss in nats; nil
  /// measures it from replicates. `progress` receives the number of files read. Throws `InputError` for
  /// an unreadable file that was named, and if no run is left.
  public init(
    contentsOf paths: [String], known: RunSettings = RunSettings(),
    options: LogOptions = LogOptions(), noise: Double? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws(InputError) {
    var runs: [Sweep.Run] = []
    var unfinished = 0
    var logs: [RunLog] = []
    var unread: [LoggedSweep.Unused] = []
    var choices: [LossChoice] = []
    var taken = FilesRead()
    var count = 0
    func take(_ path: String, isNamed: Bool) throws(InputError) {
      count += 1
      progress(count)
      try taken.add(path)
      if let folder = try LogFolder(path) {
        logs.append(try RunLog(folder.read(options), path: path, options: options))
        return
      }
      let bytes = try readBytes(path, isNamed: isNamed)
      if options.format == nil, Sweep.isTable(bytes, path: path) {
        let table = try SweepTable(csv: bytes, path: path, columns: options.columns)
        runs += table.runs
        unfinished += table.unfinished
        if !table.otherLossColumns.isEmpty {
          choices.append(
            LossChoice(path: path, taken: table.lossColumn, others: table.otherLossColumns))
        }
      } else {
        logs.append(try RunLog(bytes: bytes, path: path, options: options))
      }
    }
    for path in paths {
      guard LogFolder.isFolder(path), (try? LogFolder(path)) == nil else {
        try take(path, isNamed: true)
        continue
      }
      for name in try LogFolder.names(in: path) {
        do throws(InputError) {
          try take(path + "/" + name, isNamed: false)
        } catch {
          unread.append(LoggedSweep.Unused(path: error.subject, reason: error.problem))
        }
      }
    }
    self.logs = logs.isEmpty ? nil : LoggedSweep(of: logs, known: known)
    self.unread = unread
    lossChoices = choices
    sweep = Sweep(runs: runs + (self.logs?.runs ?? []), unfinished: unfinished, noise: noise)
    guard sweep.runs.isEmpty, unfinished == 0 else { return }
    let first = (unread + (self.logs?.unused ?? [])).first
    throw InputError(
      path: first?.path ?? paths.joined(separator: ", "),
      problem: first?.reason ?? "it holds no runs",
      hint: "give sweep tables or logs of finished runs")
  }
}

/// The files read so far; a repeated file would count as replicates.
private struct FilesRead {
  private var seen: Set<[UInt64]> = []

  /// Adds a file; throws `InputError` if it was read before, under any path.
  mutating func add(_ path: String) throws(InputError) {
    var status = stat()
    guard (path == "-" ? fstat(STDIN_FILENO, &status) : stat(path, &status)) == 0 else { return }
    guard seen.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted else {
      throw InputError(
        path: path, problem: "it is given twice, so its runs would count as replicates",
        hint: "give each file once")
    }
  }
}

extension Sweep {
  /// Whether a file is a table of runs rather than one run's log.
  static func isTable(_ bytes: [UInt8], path: String) -> Bool {
    guard let format = try? LogFormat.recognised(in: bytes, path: path) else { return true }
    guard format == .csv else { return false }
    var table = DelimitedTable(bytes, path: path)
    guard (try? table.next()) == true else { return true }
    let names = (0..<table.count).map { table.text($0).lowercased() }
    return names.contains { ColumnNames.sweepOnly.contains($0) }
      || !names.contains { ColumnNames.logged(.step).contains($0) }
  }
}
