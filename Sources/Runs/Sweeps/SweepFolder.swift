import Glibc
import Schedules
import Support

/// The runs in files and folders: sweep tables, logs, folders of either.
public struct SweepFolder: Sendable {
  /// The runs of all tables, then those of all logs.
  public let sweep: Sweep

  /// The runs of the logs; nil without logs.
  public let logs: LoggedSweep?

  /// The tuned learning rates, in place of runs; nil without such tables.
  public let tunedRates: TunedRateTable?

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
  /// measures it from replicates. With `takesTunedRates`, tables of tuned learning rates are read too, but
  /// not beside runs. `progress` receives the number of files read. Throws `InputError` for
  /// an unreadable file that was named, and if no run is left.
  public init(
    contentsOf paths: [String], known: RunSettings = RunSettings(),
    options: LogOptions = LogOptions(), noise: Double? = nil, takesTunedRates: Bool = false,
    progress: (Int) -> Void = { _ in }
  ) throws(InputError) {
    var runs: [Sweep.Run] = []
    var unfinished = 0
    var logs: [RunLog] = []
    var unread: [LoggedSweep.Unused] = []
    var choices: [LossChoice] = []
    var rates = TunedRateTable()
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
      switch options.format == nil ? MeasurementKind(of: bytes, path: path) : .log {
      case .runs:
        let table = try SweepTable(csv: bytes, path: path, columns: options.columns)
        runs += table.runs
        unfinished += table.unfinished
        if !table.otherLossColumns.isEmpty {
          choices.append(
            LossChoice(path: path, taken: table.lossColumn, others: table.otherLossColumns))
        }
      case .tunedRates where takesTunedRates:
        try rates.add(csv: bytes, path: path, spec: known.spec)
      case .tunedRates:
        throw InputError(
          path: path, line: 1, problem: "it has tuned learning rates, not runs",
          hint: "give runs with the columns spec,steps,base_lr,final_loss")
      case .log: logs.append(try RunLog(bytes: bytes, path: path, options: options))
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
    tunedRates = rates.rows.isEmpty ? nil : rates
    let hasRuns = !sweep.runs.isEmpty || unfinished > 0
    if tunedRates != nil, hasRuns || self.logs != nil {
      throw InputError(
        path: paths.joined(separator: ", "),
        problem: "some files hold tuned learning rates, others runs",
        hint: "give files of one kind")
    }
    guard !hasRuns, tunedRates == nil else { return }
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

/// What a file of measurements holds.
enum MeasurementKind {
  /// A table of runs.
  case runs

  /// A table of tuned learning rates.
  case tunedRates

  /// One run's log.
  case log

  init(of bytes: [UInt8], path: String) {
    guard let format = try? LogFormat.recognised(in: bytes, path: path) else {
      self = .runs
      return
    }
    var table = DelimitedTable(bytes, path: path)
    guard format == .csv, (try? table.next()) == true else {
      self = format == .csv ? .runs : .log
      return
    }
    let names = (0..<table.count).map { table.text($0).lowercased() }
    func has(_ known: some Collection<String>) -> Bool { names.contains { known.contains($0) } }
    if has(ColumnNames.tunedRate), !has(ColumnNames.baseRate) {
      self = .tunedRates
    } else {
      self = has(ColumnNames.sweepOnly) || !has(ColumnNames.logged(.step)) ? .runs : .log
    }
  }
}
