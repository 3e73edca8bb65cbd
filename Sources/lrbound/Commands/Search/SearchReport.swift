import Charts
import Numerics
import Schedules
import Search
import Support

/// What `lrbound search` answers.
struct SearchBody: Codable {
  /// A family's best shape.
  struct Shape: Codable {
    let family: ShapeFamily
    let score: Double
    let error: Double?
    let ratioToOptimum: Double?
    let baseLearningRate: Double
    let shape: String
    let seeds: Int
    var schedule: [Double]?
  }

  /// The least loss of any schedule.
  struct Optimum: Codable {
    let loss: Double
    let lr: [Double]
  }

  /// The scores as one parameter of the best shape moves.
  struct Sweep: Codable {
    /// One value.
    struct Point: Codable {
      let value: Double
      let score: Double?
    }

    let parameter: String
    let points: [Point]
  }

  /// A family's member that is nearest to the optimum.
  struct Projection: Codable {
    let family: ShapeFamily
    let shape: String
    let baseLearningRate: Double
    let distance: Double
  }

  let workload: String
  let steps: Int
  let errorEstimate: SampleMedian.ErrorEstimate
  let families: [Shape]
  let best: Shape?
  let trials: TrialsBody
  let optimum: Optimum?
  let check: [Sweep]?
  let projections: [Projection]?

  static func report(_ answer: SearchAnswer) -> Report<SearchBody> {
    let families = answer.ranked.map { Shape($0, in: answer) }
    var best = families.first
    best?.schedule = answer.ranked.first?.candidate.schedule.multipliers
    let body = SearchBody(
      workload: answer.workload.identity, steps: answer.workload.steps,
      errorEstimate: answer.plan.errorEstimate, families: families, best: best,
      trials: TrialsBody(answer.search.tally),
      optimum: answer.optimum.map { Optimum(loss: $0.loss, lr: $0.learningRates) },
      check: answer.sweeps.isEmpty ? nil : answer.sweeps.map(Sweep.init),
      projections: answer.projections.isEmpty ? nil : answer.projections.map(Projection.init))
    return Report(
      body,
      csv: .records(families, "family", "score", "error", "ratio_to_optimum", "base_lr", "shape"),
      diagnostics: diagnostics(answer),
      assumptions: [
        "a shape that is best on this workload need not be best on another; weight decay, batch and the number of steps move it"
      ], chart: { chart(answer) }, text: { body.text(answer) })
  }

  // MARK: - Text

  private func text(_ answer: SearchAnswer) -> [TextBlock] {
    var rows = [["family", "score", "±", optimum == nil ? "" : "ratio", "base LR", "shape"]]
    for shape in families {
      rows.append([
        shape.family.rawValue, significant(shape.score, 6),
        shape.error.map { significant($0, 2) } ?? "-",
        shape.ratioToOptimum.map { significant($0, 5) } ?? "",
        significant(shape.baseLearningRate, 5), shape.shape,
      ])
    }
    var counts = [
      "  \(grouped(trials.done + trials.failed)) trials: \(grouped(trials.diverged)) diverged, \(grouped(trials.failed)) failed"
    ]
    if let optimum {
      counts.append("  ratio is to \(significant(optimum.loss, 6)), the least loss of any schedule")
    }
    var blocks: [TextBlock] = [.lines([workload]), .table(rows), .lines(counts)]
    if !answer.sweeps.isEmpty {
      let rows = answer.sweeps.map { sweep in
        let gain = answer.gain(of: sweep) ?? 0
        let points = sweep.points.map { point in
          "\(significant(point.value, 3)): \(point.score.map { significant($0, 5) } ?? "-")"
        }
        return [
          sweep.parameter.name, gain > 0 ? "\(percent(gain, 2)) better" : "no better",
          points.joined(separator: "  "),
        ]
      }
      blocks.append(.titled("one parameter of the best moved", .facts(rows)))
    }
    if let projections {
      let rows = projections.map {
        [
          $0.family.rawValue, significant($0.distance),
          "base LR \(significant($0.baseLearningRate, 5))", $0.shape,
        ]
      }
      let title = "nearest to the best learning rates of all, in the mean square"
      blocks.append(.titled(title, .facts(rows)))
    }
    return blocks
  }

  // MARK: - Chart and diagnostics

  /// The best shape of each family at its base learning rate.
  private static func chart(_ answer: SearchAnswer) -> Chart {
    let optimum = answer.optimum.map {
      ChartSeries(
        "best of all schedules", x: .evenly(first: 1, spacing: 1), .line($0.learningRates))
    }
    return Chart(
      title: "The best shape of each family", x: ChartAxis("step"),
      y: ChartAxis("learning rate", lowest: 0),
      series: answer.ranked.map { shape in
        ChartSeries(
          shape.candidate.family.rawValue, shape.candidate.schedule, times: shape.baseLearningRate)
      } + (optimum.map { [$0] } ?? []))
  }

  private static func diagnostics(_ answer: SearchAnswer) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    func add(_ code: String, _ message: String) {
      diagnostics.append(Diagnostic(code: code, message: message))
    }
    for result in answer.search.families {
      let family = result.family.rawValue
      if result.best == nil {
        add("no-result", "\(family) has no result: all its trials diverged or failed")
      } else if result.best?.isAtGridEdge == true {
        add(
          "grid-edge",
          "the best base learning rate of \(family) lies at the edge of the grid; widen --grid")
      }
    }
    if answer.optimum == nil, KnownOptimum.mayBeLocal(for: answer.workload) {
      add(
        "optimum-unknown",
        "the least loss of any schedule is not known here, so that no ratio to it is given: with weight decay or large batches there are many local optima"
      )
    }
    let tally = answer.search.tally
    if let reason = tally.reason {
      add(
        "failed-trials", "\(grouped(tally.failed)) trials failed, the first with: \(reason)")
    }
    if let better = answer.betterNeighbour {
      add(
        "not-near-optimal",
        "moving \(better.name) makes the best shape \(percent(better.gain, 2)) better; draw more --shapes"
      )
    }
    return diagnostics
  }
}

extension SearchBody.Shape {
  fileprivate init(_ shape: ScoredShape, in answer: SearchAnswer) {
    self.init(
      family: shape.candidate.family, score: shape.score, error: answer.error(of: shape),
      ratioToOptimum: answer.ratio(of: shape), baseLearningRate: shape.baseLearningRate,
      shape: shape.candidate.spec.text, seeds: shape.losses.values.count)
  }
}

extension SearchBody.Sweep {
  fileprivate init(_ sweep: CoordinateSweep) {
    self.init(
      parameter: sweep.parameter.name,
      points: sweep.points.map { Point(value: $0.value, score: $0.score) })
  }
}

extension SearchBody.Projection {
  fileprivate init(_ projection: FamilyProjection) {
    self.init(
      family: projection.shape.family, shape: projection.shape.spec.text,
      baseLearningRate: projection.baseLearningRate, distance: projection.distance)
  }
}

extension ShapeFamily: Codable {}
extension SampleMedian.ErrorEstimate: Codable {}
