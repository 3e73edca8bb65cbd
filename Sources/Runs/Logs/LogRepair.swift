import Schedules
import Support

/// One kind of repair or oddity in a log, with its count and columns.
public struct LogRepair: Equatable, Sendable {
  /// The kinds of damage; raw values are stable codes.
  public enum Kind: String, CaseIterable, Sendable {
    /// Records out of order.
    case unsortedSteps = "unsorted-steps"

    /// Returns to earlier steps, as after a resume.
    case resumed

    /// Records of a step that was logged again later.
    case repeatedSteps = "repeated-steps"

    /// Records that a restarted writer superseded.
    case supersededRecords = "superseded-records"

    /// Records whose step is missing, negative, fractional or above 2⁵³.
    case unusableSteps = "unusable-steps"

    /// Records numbered by position because the log has no steps.
    case countedSteps = "counted-steps"

    /// Cells that are not numbers.
    case unreadableValues = "unreadable-values"

    /// Losses that are NaN or infinite.
    case divergedLosses = "diverged-losses"

    /// Learning rates and gradient norms that are NaN, infinite or negative.
    case unusableValues = "unusable-values"

    /// Unpaired steps or values in lists of different lengths.
    case unequalLengths = "unequal-lengths"

    /// Lines that cannot be read.
    case unreadableLines = "unreadable-lines"

    /// Records with a wrong checksum.
    case corruptRecords = "corrupt-records"

    /// Records truncated at the end of the file.
    case unfinishedRecords = "unfinished-records"

    /// A last line without a line break.
    case unterminatedLine = "unterminated-line"

    /// Several columns that could hold the quantity.
    case severalColumns = "several-columns"

    /// Learning rates of several parameter groups that differ by a constant factor.
    case severalLearningRates = "several-learning-rates"

    /// Iterations whose update the trainer skipped.
    case skippedIterations = "skipped-iterations"

    /// Settings of the batch that are invalid or contradict others.
    case unusableBatch = "unusable-batch"

    /// Rows of a history that the service downsampled.
    case sampledRows = "sampled-rows"

    /// Learning rates logged one step early.
    case learningRatesOfNextStep = "learning-rates-of-next-step"
  }

  /// The kind of damage.
  public let kind: Kind

  /// The number of occurrences.
  public internal(set) var count: Int

  /// The affected columns; empty for the whole log.
  public internal(set) var columns: [String]

  /// The repair in one sentence.
  public var message: String {
    let names = printable(columns.joined(separator: ", "), most: 300)
    return names.isEmpty ? explanation : "\(names): \(explanation)"
  }

  private var explanation: String {
    func counted(_ one: String, _ rest: String) -> String { counted(one, one + "s", rest) }
    func counted(_ one: String, _ many: String, _ rest: String) -> String {
      "\(count) \(count == 1 ? one : many) \(rest)"
    }
    switch kind {
    case .unsortedSteps: return counted("record", "out of order, sorted by step")
    case .resumed: return counted("time", "the log goes back to earlier steps, as after a resume")
    case .repeatedSteps:
      return counted("record", "of a step that was logged again; the later one was kept")
    case .supersededRecords:
      return counted("record", "superseded by a restart of the run, left out")
    case .unusableSteps: return counted("record", "without a usable step, left out")
    case .countedSteps: return counted("row", "without a column of steps, numbered from 1")
    case .unreadableValues: return counted("cell", "without a number, left out")
    case .divergedLosses:
      return counted("loss", "losses", "NaN or infinite, kept: the run diverged")
    case .unusableValues: return counted("value", "negative or not finite, left out")
    case .unequalLengths:
      return counted("entry", "entries", "without a step or without a value, left out")
    case .unreadableLines: return counted("line", "unreadable, left out")
    case .corruptRecords:
      return counted("record", "damaged (the checksum does not match), left out")
    case .unfinishedRecords: return counted("record", "cut short by the end of the file, left out")
    case .unterminatedLine:
      return counted(
        "line", "at the end without a line break, kept: its last number may be truncated")
    case .severalColumns: return counted("column", "that could be meant; the first was used")
    case .severalLearningRates:
      return counted("learning rate", "equal up to a constant factor; the first was used")
    case .skippedIterations: return counted("iteration", "whose update the trainer skipped")
    case .unusableBatch:
      return counted(
        "setting", "of the batch, not positive and whole or contradicted by another, left out")
    case .sampledRows:
      return counted(
        "row",
        "at uneven steps: the service downsampled the history; export all of it (scan_history)")
    case .learningRatesOfNextStep:
      return counted("learning rate", "logged one step early, moved to the step that used it")
    }
  }
}

struct LogRepairs {
  private(set) var all: [LogRepair] = []

  /// Adds damage if the count is positive; columns with the same damage share an entry.
  mutating func note(_ kind: LogRepair.Kind, _ count: Int, columns: [String] = []) {
    guard count > 0 else { return }
    if let index = all.firstIndex(where: { $0.kind == kind }) {
      if columns.isEmpty && all[index].columns.isEmpty {
        all[index].count += count
        return
      }
      if let same = all.firstIndex(where: { $0.kind == kind && $0.count == count }),
        kind != .severalColumns
      {
        all[same].columns += columns
        return
      }
    }
    all.append(LogRepair(kind: kind, count: count, columns: columns))
  }

  mutating func note(_ others: LogRepairs) {
    for repair in others.all { note(repair.kind, repair.count, columns: repair.columns) }
  }
}
