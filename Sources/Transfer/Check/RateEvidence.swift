import Bound
import Glibc
import Runs
import Schedules
import Support

/// Tuned base learning rates against which another can be checked.
public struct RateEvidence: Sendable {
  struct Source: Sendable {
    let run: TrainingRun
    let rate: TransferQuestion.Source
  }

  let sources: [Source]

  /// The rule that transfers a source's rate to another schedule.
  public let rule: TransferRule

  let cells: [TunedCell]
  let lossModel: LossModel?
  let diverged: [Double]
  let highestSurvivor: Double?

  /// What public sweeps suggest, if nothing else is known.
  public let scale: AbsoluteScale?

  /// Whether the sources were tuned, rather than only being the best runs.
  public let isTuned: Bool

  /// Caveats about the evidence.
  public let diagnostics: [Diagnostic]

  /// The assumptions behind the evidence.
  public let assumptions: [String]

  /// The number of cells or tuned runs; 0 if none is the user's.
  public var sourceCount: Int { scale == nil ? sources.count : 0 }

  /// Takes a sweep's tuned cells, with the rule that they calibrate or else the default one.
  ///
  /// If no cell shows an optimum, each cell's best run stands in. Throws `InputError` if every run
  /// diverged.
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
          run: cell.run, rate: .given(best.baseLearningRate))
      }
    rule = (try? Calibration(of: cells)).map { .calibrated($0) } ?? .standard()
    scale = nil
    lossModel = LossModelFit(of: cells)?.model
    diagnostics = sweep.diagnostics
    assumptions = [sweep.noiseAssumption]
    if sources.isEmpty {
      throw InputError(
        path: sweep.path, problem: "no run has a finite loss",
        hint: "add a run that did not diverge")
    }
  }

  /// Takes a calibration's cells and exponents; throws `InputError` if it has no usable cell.
  public init(calibration: Calibration) throws {
    let sources = try calibration.sources.map { source in
      Source(
        run: try TrainingRun(
          ScheduleSpec(source.spec), steps: source.steps, batchTokens: source.batchTokens),
        rate: .given(source.baseLearningRate))
    }
    if sources.isEmpty {
      throw InputError(
        problem: "the calibration has no cells", hint: "fit one to a sweep that shows an optimum")
    }
    self.init(sources: sources, rule: .calibrated(calibration))
  }

  /// Takes one tuned base learning rate and the rule that transfers it.
  public init(tuned run: TrainingRun, baseLearningRate: Double, rule: TransferRule = .standard()) {
    self.init(
      sources: [Source(run: run, rate: .given(baseLearningRate))], rule: rule,
      assumptions: [
        "\(significant(baseLearningRate)) is tuned for \(run.summary)"
      ])
  }

  /// Takes what public sweeps suggest for a run, without any of the user's; throws `InputError`.
  public init(scale: AbsoluteScale, for run: TrainingRun) throws {
    self.init(
      sources: [Source(run: run, rate: try scale.source(of: run))], rule: .standard(),
      scale: scale, diagnostics: scale.caveats(at: run.horizon))
  }

  private init(
    sources: [Source], rule: TransferRule, assumptions: [String] = [],
    scale: AbsoluteScale? = nil, diagnostics: [Diagnostic] = []
  ) {
    self.scale = scale
    self.sources = sources
    self.rule = rule
    self.assumptions = assumptions
    self.diagnostics = diagnostics
    (cells, diverged) = ([], [])
    (lossModel, highestSurvivor) = (nil, nil)
    isTuned = true
  }

  /// The sweep's cell with this schedule, length and batch, up to a warmup or batch that it does not state.
  func cell(of run: TrainingRun) -> TunedCell? {
    guard let spec = run.spec else { return nil }
    let same = cells.filter { tuned in
      tuned.cell.steps == run.steps
        && run.batchTokens.map { tuned.cell.batchTokens ?? $0 == $0 } ?? true
    }
    return same.first { $0.cell.spec == spec }
      ?? same.first { $0.cell.spec.warmup == nil && $0.cell.spec == spec.withoutWarmup }
  }

  func regretCurve(of run: TrainingRun, at baseLearningRate: Double) throws -> RegretCurve {
    if let lossModel {
      return RegretCurve(
        of: lossModel, terms: try TunableSchedule(of: run).terms(at: baseLearningRate))
    }
    return (cell(of: run) ?? cells.first).flatMap { RegretCurve(of: $0.optimum) } ?? .typical
  }
}
