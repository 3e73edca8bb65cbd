import Bound
import Runs
import Schedules
import Support
import Transfer

/// Turns the command line of `transfer` into a question.
struct TransferSetup {
  let question: TransferQuestion

  /// The source's cell of a sweep, and the files it is from.
  private(set) var sweep: (path: String, cell: TunedCell)?
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var assumptions: [String] = []

  /// Horizons matter little to the ratio of two shapes; this one stands in where none is given.
  private static let defaultSteps = 10_000

  init(_ command: TransferCommand) throws {
    let fromSpec = try Arguments.schedule(command.from, "--from")
    let toSpec = try Arguments.schedule(command.to, "--to")
    let rate = try command.lr.map { try Arguments.learningRate($0, "--lr") }
    var steps = try command.steps.map { try Arguments.steps($0, "--steps") }
    let toSteps = try command.toSteps.map { try Arguments.steps($0, "--to-steps") }
    var rule = try command.ruleOptions.parsed()
    if command.norms.isConstant, try command.norms.parsedNorms() != .one {
      throw UsageError(
        "--gradient-norm: a constant norm cancels in every ratio; leave it out, or give a file")
    }
    if rate != nil, !command.sweep.isEmpty {
      throw UsageError("--lr and --sweep both give the source's learning rate; give one of them")
    }
    try command.sweepOptions.refuse(unless: !command.sweep.isEmpty)

    if !command.sweep.isEmpty {
      let reading = try command.sweepOptions.read(command.sweep)
      guard let spec = fromSpec.spec else {
        throw UsageError("--from: a sweep has no runs of a schedule file; give a spec, or --lr")
      }
      let cell = try Self.source(in: reading, spec: spec, steps: steps)
      steps = cell.cell.steps
      sweep = (reading.path, cell)
      diagnostics += reading.fileDiagnostics + TunedSweep.divergence(in: cell.cell)
      diagnostics += TunedSweep.edge(of: cell)
      assumptions.append(reading.noiseAssumption)
      if rule == nil {
        let calibration = try SweepCalibration(of: reading.cells, path: reading.path)
        rule = .calibrated(calibration.calibration)
        diagnostics += calibration.diagnostics
      }
    }
    guard let rule else {
      throw UsageError("--rule calibrated: nothing to calibrate with; add --calibration or --sweep")
    }
    // A file brings its own length, and standard input can be read once only.
    let fileTarget = toSpec.spec == nil ? try toSpec.run(steps: toSteps) : nil
    if steps == nil, fromSpec.spec != nil {
      if let fileTarget {
        steps = fileTarget.steps
        assumptions.append("--steps was not given: the target file's \(fileTarget.steps) steps")
      } else {
        guard toSteps == nil else {
          throw UsageError("--to-steps needs the source's number of steps; add --steps")
        }
        steps = Self.defaultSteps
        if command.exportOptions.export != nil {
          diagnostics.append(
            Diagnostic(
              code: "assumed-steps",
              message:
                "--steps was not given: the export is for \(grouped(Self.defaultSteps)) steps"))
        }
        assumptions.append(
          "--steps was not given: \(grouped(Self.defaultSteps)) steps at both ends")
      }
    }
    let from = try fromSpec.run(steps: steps)
    if let rate, let own = from.givenBaseLearningRate, abs(rate / own - 1) > 1e-6 {
      throw UsageError(
        "--lr \(significant(rate, 6)): the maximum of --from \(fromSpec.text) is \(significant(own, 6)), which is its base learning rate; leave --lr out, or give a file of multipliers"
      )
    }
    let to = try fileTarget ?? toSpec.run(steps: toSteps ?? from.steps)

    try Self.check(from, "--steps")
    try Self.check(to, toSteps == nil ? "--to" : "--to-steps")
    let norms = try command.norms.parsedNorms(of: from.steps)
    if norms.steps != nil, to.steps != from.steps {
      throw UsageError(
        "--to-steps \(to.steps): the norms of --gradient-norm are for \(from.steps) steps; leave one of the two out"
      )
    }

    question = TransferQuestion(
      from: from, to: to,
      source: sweep.map { .swept($0.cell.optimum) } ?? (rate ?? from.givenBaseLearningRate).map {
        .given($0)
      }
        ?? .unknown,
      rule: rule, gradientNorms: (norms, norms))
    if rate == nil, sweep == nil, let rate = from.givenBaseLearningRate {
      assumptions.append(
        "the source's base learning rate is its file's maximum, \(significant(rate, 6))")
    }
  }

  /// Whether a schedule fits into its steps; an absolute floor is looked at with its learning rate.
  private static func check(_ run: TrainingRun, _ option: String) throws(UsageError) {
    guard run.spec?.hasAbsoluteFloor != true else { return }
    do throws(ScheduleError) {
      _ = try run.schedule()
    } catch {
      throw UsageError("\(option): \(error.description)")
    }
  }

  /// The source's cell, which has to show an optimum.
  private static func source(
    in reading: TunedSweep, spec: ScheduleSpec, steps: Int?
  ) throws -> TunedCell {
    let sweep = reading.sweep
    let cells = sweep.cells(for: spec, steps: steps)
    guard let cell = cells.first else {
      let there = sweep.cells.map { "\($0.spec.canonical) at \($0.steps)" }
      let shown = there.prefix(6).joined(separator: ", ") + (there.count > 6 ? ", …" : "")
      let wanted = spec.canonical + (steps.map { " at \($0) steps" } ?? "")
      throw InputError(
        path: reading.path, problem: "no row is for \(wanted)", hint: "it has \(shown)")
    }
    guard cells.count == 1 else {
      let lengths = cells.map { "\($0.steps)" }.joined(separator: ", ")
      throw UsageError(
        "--steps: the sweep has \(spec.canonical) at \(lengths) steps; say which is the source")
    }
    do {
      return try TunedCell(of: cell)
    } catch SweepFitError.noMinimum {
      throw NoAnswer(
        description:
          "\(reading.path): \(TunedSweep.name(of: cell)): \(SweepFitError.noMinimum); sweep further to both sides"
      )
    } catch let error as SweepFitError {
      throw InputError(
        path: reading.path, problem: "\(TunedSweep.name(of: cell)): \(error)",
        hint: "sweep at least three base learning rates around the best")
    }
  }
}
