import Foundation
import Runs
import Schedules
import Support
import TestSupport
import Testing
import Transfer

/// The evaluation of tabled tuned learning rates.
@Suite struct RuleEvaluationTests {
  static let path = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../Notebooks/llm-tuned-lr.csv").standardized.path

  static func cells(_ table: TunedRateTable?) throws -> [MeasuredOptimum] {
    try #require(table).rows.map(MeasuredOptimum.init)
  }

  static func cells(_ text: String) throws -> [MeasuredOptimum] {
    let file = try TemporaryFile(text, name: "tuned.csv")
    return try cells(
      SweepFolder(contentsOf: [file.path], takesTunedRates: true).tunedRates)
  }

  /// Dense language models, 157 cells of 5 models (2503.04715).
  @Test(.enabled(if: isHeavy)) func denseLanguageModels() throws {
    var known = RunSettings()
    known.spec = try ScheduleSpec("cosine")
    let table = try SweepFolder(contentsOf: [Self.path], known: known, takesTunedRates: true)
      .tunedRates
    #expect(table?.modelColumns == ["parameters", "layers", "width", "ffn"] && table?.models == 5)
    let evaluation = try RuleEvaluation(of: Self.cells(table))
    #expect(evaluation.comparisons == [.pairs, .horizon, .batch, .others])
    func score(
      _ rule: BaselineRule, _ comparison: RuleEvaluation.Comparison
    ) throws -> RuleScore {
      try #require(evaluation.score(of: rule, from: comparison))
    }
    /// The pairs, the law's regret, coverage and width, and the regrets of the same LR, T^−1/3 and the bound.
    let expected: [(RuleEvaluation.Comparison, Int, Double, Double, Double, [Double])] = [
      (.pairs, 5206, 1.21, 0.962, 2.76, [12.1, 13.9, 24.4]),
      (.horizon, 368, 1.36, 0.927, 2.22, [4.2, 15.7, 26.3]),
      (.batch, 1320, 1.04, 0.954, 2.37, [10.2, 5.4, 10.2]),
    ]
    for (comparison, pairs, regret, coverage, width, others) in expected {
      let law = try score(.law, comparison)
      #expect(law.predictions == pairs)
      #expect(abs(1000 * (law.regret?.mean ?? 1) - regret) < 0.01, "\(comparison)")
      #expect(abs(Double(law.covered ?? 0) / Double(pairs) - coverage) < 0.002, "\(comparison)")
      #expect(abs((law.medianWidth ?? 9) - width) < 0.01, "\(comparison)")
      for (rule, regret) in zip([BaselineRule.same, .thirdPower, .bound], others) {
        #expect(
          abs(1000 * (try score(rule, comparison).regret?.mean ?? 1) - regret) < 0.1,
          "\(comparison) \(rule)")
      }
      #expect(law.boundRegret == nil)
    }
    let all = try score(.law, .others)
    #expect(all.predictions == 157 && all.covered == 157 && all.regret?.mean ?? 1 < 0.6e-3)
    #expect(try score(.rootBatch, .pairs).error.mean > 2 * score(.law, .pairs).error.mean)
    #expect(evaluation.absence(of: .calibrated) == "needs the runs of a sweep")
  }

  /// A table's rows, with all learning rates times a factor.
  static func table(times factor: Double = 1, curvature: String = "0.02") -> String {
    let rows = [
      (65536, 10_000, 1e-3), (65536, 40_000, 8.1e-4), (131072, 20_000, 1.2e-3),
      (524288, 5000, 2e-3),
    ].map { "\($0.0),\($0.1),\(factor * $0.2),0.1,\(curvature)" }
    return "batch_tokens,steps,tuned_lr,log_sd,curvature\n" + rows.joined(separator: "\n")
  }

  /// One factor on all learning rates changes no score.
  @Test func scaleInvariance() throws {
    let plain = try RuleEvaluation(of: Self.cells(Self.table()))
    let scaled = try RuleEvaluation(of: Self.cells(Self.table(times: 1024)))
    #expect(plain.pairs.count == 12 * 8 && scaled.pairs.count == plain.pairs.count)
    for (first, second) in zip(plain.pairs + plain.fromOthers, scaled.pairs + scaled.fromOthers) {
      let (regret, other) = (first.regret ?? 1, second.regret ?? 2)
      #expect(abs(regret - other) < 1e-12 && abs(first.error - second.error) < 1e-12)
      #expect(first.isCovered == second.isCovered)
    }
    let counts = [RuleEvaluation.Comparison.horizon, .batch].map {
      plain.score(of: .law, from: $0)?.predictions
    }
    // The first two runs share a batch, the last three their tokens.
    #expect(counts == [2, 6])
  }

  @Test func regretIsCappedAndOptional() throws {
    let steep = try RuleEvaluation(of: Self.cells(Self.table(curvature: "1e9")))
    #expect(steep.pairs.allSatisfy { ($0.regret ?? 0) <= MeasuredOptimum.mostCurvatureRegret })
    #expect(steep.score(of: .same, from: .pairs)?.regret?.worst == 0.15)
    let unknown = try RuleEvaluation(of: Self.cells(Self.table(curvature: "")))
    #expect(unknown.pairs.allSatisfy { $0.regret == nil })
    let score = try #require(unknown.score(of: .law, from: .pairs))
    #expect(score.regret == nil && score.error.mean > 0 && score.covered != nil)
  }

  /// Models are not compared, and a table without batches has neither √B nor batch pairs.
  @Test func modelsStayApart() throws {
    let evaluation = try RuleEvaluation(
      of: Self.cells("study,steps,tuned_lr\na,1000,1e-3\na,4000,6e-4\nb,1000,1\nb,8000,0.5\n"))
    #expect(evaluation.comparisons == [.pairs, .horizon, .others])
    #expect(evaluation.score(of: .same, from: .pairs)?.predictions == 4)
    #expect(evaluation.score(of: .same, from: .pairs)?.error.worst ?? 9 < 1)
    #expect(evaluation.absence(of: .rootBatch) == "needs the batches in tokens")
    // T^−1/3 without a batch.
    let law = try #require(evaluation.pairs.first { $0.rule == .law })
    #expect(law.source == 1 && abs(law.baseLearningRate / 6e-4 - 1.587) < 0.01)
    let error = #expect(throws: InputError.self) {
      try RuleEvaluation(of: Self.cells("study,steps,tuned_lr\na,1000,1e-3\nb,4000,6e-4\n"))
    }
    #expect(error?.problem.contains("the first is of study=a") == true)
  }
}
