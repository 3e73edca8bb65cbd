import Bound
import Runs
import Schedules
import Transfer

/// Turns the command line of `transfer` into a question.
struct TransferSetup {
  /// What was read off a sweep.
  struct SweepReading {
    let path: String
    let cell: SweepCell
    let optimum: SweepOptimum
  }

  let question: TransferQuestion
  private(set) var sweep: SweepReading?
  private(set) var notices: [Notice] = []
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
    _ = try command.scale.parsedDistance()
    let norms = try command.scale.parsedNorms()
    if rate != nil, command.sweep != nil {
      throw UsageError("--lr and --sweep both give the source's learning rate; give one of them")
    }

    if let path = command.sweep {
      let wholeSweep = try Sweep(contentsOf: path)
      let reading = try Self.read(wholeSweep, path, spec: fromSpec, steps: steps)
      let unfinished = wholeSweep.unfinished
      steps = reading.cell.steps
      sweep = reading
      if unfinished > 0 {
        notices.append(
          Notice(
            code: "no-loss", message: "rows of the sweep without a loss, left out: \(unfinished)"))
      }
      notices += Self.notices(of: reading)
      if rule == nil {
        let cells = wholeSweep.tunedCells(noise: SweepOptimum.lossNoise).tuned
        let calibration = try SweepCalibration(of: cells, path: path)
        rule = .calibrated(calibration.calibration)
        notices += calibration.notices
      }
    }
    guard let rule else {
      throw UsageError("--rule calibrated: nothing to calibrate with; add --calibration or --sweep")
    }
    let isFile: (ScheduleSpec) -> Bool = { if case .file = $0.family { true } else { false } }
    // A file brings its own length, and standard input can be read once only.
    let fileTarget = isFile(toSpec) ? try ScheduledRun(toSpec, steps: toSteps) : nil
    if steps == nil, !isFile(fromSpec) {
      if let fileTarget {
        steps = fileTarget.steps
        assumptions.append("--steps was not given: the target file's \(fileTarget.steps) steps")
      } else {
        guard toSteps == nil else {
          throw UsageError("--to-steps needs the source's number of steps; add --steps")
        }
        steps = Self.defaultSteps
        if command.exportOptions.export != nil {
          notices.append(
            Notice(
              code: "assumed-steps",
              message:
                "--steps was not given: the export is for \(grouped(Self.defaultSteps)) steps"))
        }
        assumptions.append(
          "--steps was not given: \(grouped(Self.defaultSteps)) steps at both ends")
      }
    }
    let from = try ScheduledRun(fromSpec, steps: steps)
    let to = try fileTarget ?? ScheduledRun(toSpec, steps: toSteps ?? from.steps)

    question = TransferQuestion(
      from: from, to: to,
      source: sweep.map { .swept($0.optimum) } ?? (rate ?? from.fileBaseLearningRate).map {
        .given($0)
      }
        ?? .unknown,
      rule: rule, gradientNorms: (norms, norms))
    if rate == nil, sweep == nil, let rate = from.fileBaseLearningRate {
      assumptions.append(
        "the source's base learning rate is its file's maximum, \(significant(rate, 6))")
    }
  }

  /// Fits the source's cell.
  private static func read(
    _ sweep: Sweep, _ path: String, spec: ScheduleSpec, steps: Int?
  ) throws -> SweepReading {
    let cells = sweep.cells(for: spec, steps: steps)
    guard let cell = cells.first else {
      let there = sweep.cells.map { "\($0.spec.canonical) at \($0.steps)" }
      let shown = there.prefix(6).joined(separator: ", ") + (there.count > 6 ? ", …" : "")
      let wanted = spec.canonical + (steps.map { " at \($0) steps" } ?? "")
      throw InputError(
        path: path, problem: "no row is for \(wanted)", remedy: "it has \(shown)")
    }
    guard cells.count == 1 else {
      let lengths = cells.map { "\($0.steps)" }.joined(separator: ", ")
      throw UsageError(
        "--steps: the sweep has \(spec.canonical) at \(lengths) steps; say which is the source")
    }
    do {
      let optimum = try SweepOptimum(of: cell)
      return SweepReading(path: path, cell: cell, optimum: optimum)
    } catch {
      if error == .noMinimum {
        throw NoAnswer(
          description:
            "\(path): \(cell.spec.canonical) at \(cell.steps) steps: \(error); sweep further to both sides"
        )
      }
      throw InputError(
        path: path, problem: "\(cell.spec.canonical) at \(cell.steps) steps: \(error)",
        remedy: "sweep at least three base learning rates around the best")
    }
  }

  private static func notices(of reading: SweepReading) -> [Notice] {
    var notices: [Notice] = []
    let points = reading.cell.points
    if !reading.cell.diverged.isEmpty {
      let rates = reading.cell.diverged.map { significant($0) }.joined(separator: ", ")
      notices.append(
        Notice(code: "diverged", message: "left out of the fit, because they diverged: LR \(rates)")
      )
    }
    let edge: (side: String, rate: Double)?
    switch reading.optimum.position {
    case .inside: edge = nil
    case .below: edge = ("below", points[0].baseLearningRate)
    case .above: edge = ("above", points[points.count - 1].baseLearningRate)
    }
    if let edge {
      notices.append(
        Notice(
          code: "optimum-outside-sweep",
          message:
            "the fitted optimum lies \(edge.side) the swept learning rates; \(significant(edge.rate)) is used, sweep further"
        ))
    }
    return notices
  }
}
