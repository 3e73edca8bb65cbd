import Bound
import Glibc
import Runs
import Schedules

/// What is known of the tuned base learning rate before one is checked.
public struct RateEvidence: Sendable {
  /// A schedule and horizon whose base learning rate is known.
  struct Source: Sendable {
    let run: TrainingRun
    let rate: TransferQuestion.Source
  }

  /// What was tuned.
  let sources: [Source]

  /// How it is carried to the schedule that is asked about.
  public let rule: TransferRule

  /// The tuned cells of a sweep; empty where there is none.
  let cells: [TunedCell]

  /// The loss model across them.
  let lossModel: LossModel?

  /// The base learning rates at which every run of a cell diverged.
  let diverged: [Double]

  /// The highest base learning rate at which a run did not diverge; nil without runs.
  let highestSurvivor: Double?

  /// Whether the sources were tuned, or are only the best of what was run.
  public let isTuned: Bool

  /// How many cells or tuned runs the answer is made from.
  public var sourceCount: Int { sources.count }

  /// A sweep: its tuned cells, by the rule that they calibrate, else by the default one.
  ///
  /// Where no cell shows an optimum, the best run of each stands in for it (a single run, too).
  ///
  /// - Parameter sweep: the runs.
  /// - Throws: ``RateEvidenceError`` where every run diverged, and what the fits throw.
  /// - Complexity: O(cells·T).
  public init(sweep: Sweep) throws {
    let all = sweep.cells
    cells = sweep.tunedCells().tuned
    diverged = all.flatMap(\.diverged)
    highestSurvivor = all.compactMap { $0.points.last?.baseLearningRate }.max()
    isTuned = !cells.isEmpty
    if isTuned {
      sources = try cells.map { tuned in
        Source(
          run: TrainingRun(tuned.cell.spec, steps: tuned.cell.steps),
          rate: .swept(tuned.optimum))
      }
      rule = (try? Calibration(of: cells)).map { .calibrated($0) } ?? .standard()
      lossModel = LossModelFit(of: cells)?.model
    } else {
      sources = try all.compactMap { cell in
        guard let best = cell.points.min(by: { $0.loss < $1.loss }) else { return nil }
        return Source(
          run: TrainingRun(cell.spec, steps: cell.steps), rate: .given(best.baseLearningRate))
      }
      rule = .standard()
      lossModel = nil
    }
    if sources.isEmpty { throw RateEvidenceError.noLoss }
  }

  /// A calibration: the cells that it was made from, by its exponents.
  ///
  /// - Parameter calibration: at least one cell.
  /// - Throws: ``RateEvidenceError``, and `ScheduleError` for a cell whose schedule cannot be read.
  /// - Complexity: O(cells).
  public init(calibration: Calibration) throws {
    let sources = try calibration.sources.map { source in
      Source(
        run: try TrainingRun(ScheduleSpec(source.spec), steps: source.steps),
        rate: .given(source.baseLearningRate))
    }
    if sources.isEmpty { throw RateEvidenceError.noCells }
    self.init(sources: sources, rule: .calibrated(calibration))
  }

  /// A base learning rate that was tuned elsewhere.
  ///
  /// - Parameters:
  ///   - run: the schedule and horizon that it was tuned for.
  ///   - baseLearningRate: γ*.
  ///   - rule: how it is carried on.
  public init(tuned run: TrainingRun, baseLearningRate: Double, rule: TransferRule = .standard()) {
    self.init(sources: [Source(run: run, rate: .given(baseLearningRate))], rule: rule)
  }

  private init(sources: [Source], rule: TransferRule) {
    self.sources = sources
    self.rule = rule
    cells = []
    lossModel = nil
    diverged = []
    highestSurvivor = nil
    isTuned = true
  }

  /// The cell of the sweep that has this very schedule and horizon, up to a warmup that it does not give.
  func cell(of run: TrainingRun) -> TunedCell? {
    guard let spec = run.spec else { return nil }
    let same = cells.filter { $0.cell.steps == run.steps }
    return same.first { $0.cell.spec == spec }
      ?? same.first { $0.cell.spec.warmup == nil && $0.cell.spec == spec.withoutWarmup }
  }

  /// What a base learning rate off by a factor costs a schedule.
  func regretCurve(of run: TrainingRun, at baseLearningRate: Double) throws -> RegretCurve {
    if let lossModel {
      return RegretCurve(
        of: lossModel, terms: try TunableSchedule(of: run).terms(at: baseLearningRate))
    }
    return (cell(of: run) ?? cells.first).flatMap { RegretCurve(of: $0.optimum) } ?? .typical
  }
}

/// Why runs say nothing of a base learning rate.
public enum RateEvidenceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Every run diverged, or none has a loss.
  case noLoss

  /// The calibration names no cells.
  case noCells

  /// What is wrong.
  public var problem: String {
    switch self {
    case .noLoss: return "no run has a finite loss"
    case .noCells: return "it names no cells"
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .noLoss: return "add a run that did not diverge"
    case .noCells: return "write it anew with lrbound fit --calibration-out FILE"
    }
  }

  /// The error as one line.
  public var description: String { "\(problem); \(hint)" }
}
