import Runs
import Schedules

/// Sweep files, taken together, with the optima of their cells, and what to say of them.
struct TunedSweep {
  /// The files, for messages.
  let path: String

  /// All their runs.
  let sweep: Sweep

  let cells: [TunedCell]

  /// The standard deviation of a run's final loss, in nats.
  let noise: Double

  /// Where the noise comes from.
  let noiseAssumption: String

  private(set) var notices: [Notice] = []

  init(
    paths: [String], noise text: String?, known: RunSettings = RunSettings(),
    options: LogOptions = LogOptions()
  ) throws {
    let given = try text.map { try Arguments.positive($0, "--noise", example: "0.001") }
    path = paths.joined(separator: ", ")
    let progress = ProgressLine(isWanted: true)
    let folder = try SweepFolder(contentsOf: paths, known: known, options: options) { count in
      progress.show("file \(count)")
    }
    progress.end()
    if folder.logs == nil, known != RunSettings() {
      throw UsageError(
        "--schedule, --steps and --lr are those of logs, and there are only tables; leave them out")
    }
    sweep = folder.sweep
    notices += Self.notices(of: folder) + (folder.logs?.notices ?? [])
    let replicates = sweep.replicateNoise
    noise = given ?? replicates ?? SweepOptimum.lossNoise
    let source =
      given != nil
      ? "as given" : replicates != nil ? "from the replicates" : "as of a 124M model"
    noiseAssumption =
      "a run's final loss has a standard deviation of \(significant(noise, 3)) nats (\(source))"
    let (tuned, untuned) = sweep.tunedCells(noise: noise)
    cells = tuned
    if sweep.unfinished > 0 {
      notices.append(
        Notice(
          code: "no-loss",
          message: "rows of the sweep without a loss, left out: \(sweep.unfinished)"))
    }
    for cell in untuned {
      notices.append(
        Notice(code: "no-optimum", message: "\(Self.name(of: cell.cell)): \(cell.reason), left out")
      )
    }
    for cell in sweep.cells where !cell.diverged.isEmpty {
      let rates = cell.diverged.map { significant($0) }.joined(separator: ", ")
      notices.append(
        Notice(code: "diverged", message: "\(Self.name(of: cell)): diverged at LR \(rates)"))
    }
    for tuned in cells {
      let side: String
      switch tuned.optimum.position {
      case .inside: continue
      case .below: side = "below"
      case .above: side = "above"
      }
      notices.append(
        Notice(
          code: "optimum-outside-sweep",
          message:
            "\(Self.name(of: tuned.cell)): the optimum lies \(side) the swept learning rates; \(significant(tuned.optimum.baseLearningRate)) is used, sweep further"
        ))
    }
    for tuned in cells where !tuned.isAnnealed {
      notices.append(
        Notice(
          code: "not-annealed",
          message:
            "\(Self.name(of: tuned.cell)) does not anneal to about zero: on real runs the bound is off by up to 2x there"
        ))
    }
  }

  /// What the logs were judged by, and which are left out.
  private static func notices(of folder: SweepFolder) -> [Notice] {
    var notices = (folder.unread + (folder.logs?.unused ?? [])).map { unused in
      Notice(
        code: "unused-log",
        message:
          "\(unused.path == "-" ? "standard input" : printable(unused.path, most: 1000)): \(unused.reason), left out"
      )
    }
    if folder.logs?.judge == .loss {
      notices.append(
        Notice(
          code: "training-loss",
          message: "the runs are judged by their last training loss, which is of few batches"))
    }
    return notices
  }

  /// "wsd:cooldown=0.2 at 25,000 steps".
  static func name(of cell: SweepCell) -> String {
    "\(cell.spec.canonical) at \(grouped(cell.steps)) steps"
  }
}

extension TunedCell {
  /// What reports echo of a cell.
  var json: [String: JSONValue] {
    [
      "spec": .string(cell.spec.canonical), "steps": .integer(cell.steps),
      "optimum": .number(optimum.baseLearningRate),
      "interval": .array([
        .number(optimum.interval.lowerBound), .number(optimum.interval.upperBound),
      ]),
      "forms": .array(
        optimum.estimates.map { estimate in
          var form: [String: JSONValue] = ["form": .string(estimate.form.rawValue)]
          form["optimum"] = .optional(estimate.baseLearningRate)
          return .object(form)
        }),
    ]
  }
}
