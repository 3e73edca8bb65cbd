import Bound
import Glibc
import Runs
import Schedules
import Support

/// What is known about the tuned base learning rate before one is checked.
public struct RateEvidence: Sendable {
  /// A schedule and horizon whose base learning rate is known.
  struct Source: Sendable {
    let run: TrainingRun
    let rate: TransferQuestion.Source
  }

  /// What was tuned.
  let sources: [Source]

  /// The rule that carries it to the schedule that is asked about.
  public let rule: TransferRule

  /// The tuned cells of a sweep; empty without one.
  let cells: [TunedCell]

  /// The loss model across them.
  let lossModel: LossModel?

  /// The base learning rates at which every run of a cell diverged.
  let diverged: [Double]

  /// The highest base learning rate at which a run did not diverge; nil without runs.
  let highestSurvivor: Double?

  /// Whether the sources were tuned, or are only the best of what was run.
  public let isTuned: Bool

  /// What users should know about the evidence.
  public let diagnostics: [Diagnostic]

  /// What the evidence takes for granted.
  public let assumptions: [String]

  /// The number of cells or tuned runs behind the evidence.
  public var sourceCount: Int { sources.count }

  /// A sweep: its tuned cells, by the rule that they calibrate, else by the default one.
  ///
  /// Where no cell shows an optimum, the best run of each stands in for it, even a single run.
  ///
  /// - Parameter sweep: the runs with their optima.
  /// - Throws: `InputError` where every run diverged.
  /// - Complexity: O(cells²), and the fit of the loss model.
  public init(sweep: TunedSweep) throws(InputError) {
    cells = sweep.cells
    isTuned = !cells.isEmpty
    let all = sweep.sweep.cells
    diverged = all.flatMap(\.diverged)
    highestSurvivor = all.compactMap { $0.points.last?.baseLearningRate }.max()
    sources =
      isTuned
      ? cells.map { Source(run: $0.run, rate: .swept($0.optimum)) }
      : all.compactMap { cell in
        guard let best = cell.points.min(by: { $0.loss < $1.loss }) else { return nil }
        return Source(
          run: TrainingRun(cell.spec, steps: cell.steps), rate: .given(best.baseLearningRate))
      }
    rule = (try? Calibration(of: cells)).map { .calibrated($0) } ?? .standard()
    lossModel = LossModelFit(of: cells)?.model
    diagnostics = sweep.diagnostics
    assumptions = [sweep.noiseAssumption]
    if sources.isEmpty {
      throw InputError(
        path: sweep.path, problem: "no run has a finite loss",
        hint: "add a run that did not diverge")
    }
  }

  /// A calibration: the cells that it was fitted to, by its exponents.
  ///
  /// - Parameter calibration: at least one cell.
  /// - Throws: `InputError` without any cell, and `ScheduleError` for a cell whose schedule cannot be
  ///   read.
  /// - Complexity: O(cells).
  public init(calibration: Calibration) throws {
    let sources = try calibration.sources.map { source in
      Source(
        run: try TrainingRun(ScheduleSpec(source.spec), steps: source.steps),
        rate: .given(source.baseLearningRate))
    }
    if sources.isEmpty {
      throw InputError(
        problem: "the calibration names no cells", hint: "fit one to a sweep that shows an optimum")
    }
    self.init(sources: sources, rule: .calibrated(calibration))
  }

  /// A base learning rate that was tuned elsewhere.
  ///
  /// - Parameters:
  ///   - run: the schedule and horizon that it was tuned for.
  ///   - baseLearningRate: γ*.
  ///   - rule: the rule that carries it on.
  public init(tuned run: TrainingRun, baseLearningRate: Double, rule: TransferRule = .standard()) {
    self.init(
      sources: [Source(run: run, rate: .given(baseLearningRate))], rule: rule,
      assumptions: [
        "\(significant(baseLearningRate)) is tuned for \(run.name) at \(grouped(run.steps)) steps"
      ])
  }

  private init(sources: [Source], rule: TransferRule, assumptions: [String] = []) {
    self.sources = sources
    self.rule = rule
    self.assumptions = assumptions
    (cells, diverged, diagnostics) = ([], [], [])
    (lossModel, highestSurvivor) = (nil, nil)
    isTuned = true
  }

  /// The cell of the sweep that has this very schedule and horizon, up to a warmup that it does not give.
  func cell(of run: TrainingRun) -> TunedCell? {
    guard let spec = run.spec else { return nil }
    let same = cells.filter { $0.cell.steps == run.steps }
    return same.first { $0.cell.spec == spec }
      ?? same.first { $0.cell.spec.warmup == nil && $0.cell.spec == spec.withoutWarmup }
  }

  /// The cost for a schedule of a base learning rate off by a factor.
  func regretCurve(of run: TrainingRun, at baseLearningRate: Double) throws -> RegretCurve {
    if let lossModel {
      return RegretCurve(
        of: lossModel, terms: try TunableSchedule(of: run).terms(at: baseLearningRate))
    }
    return (cell(of: run) ?? cells.first).flatMap { RegretCurve(of: $0.optimum) } ?? .typical
  }
}
