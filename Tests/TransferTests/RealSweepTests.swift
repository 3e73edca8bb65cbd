import Foundation
import Glibc
import Runs
import Schedules
import Testing
import Transfer

/// Every ordered pair of cells of a real sweep: the optimum of one predicted from the other.
///
/// 124M parameters, three cooldowns, two horizons. Skipped where the data is absent.
@Suite struct RealSweepTests {
  static let path = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../../shared/data/llama-124m/sweep-open.csv").standardized.path

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: path), "needs the folder of real runs"),
    arguments: [TransferRule.standard(), .bound])
  func everyPairOfCells(_ rule: TransferRule) throws {
    let cells = try Sweep(contentsOf: Self.path).cells
    var errors: [Double] = []
    var widths: [Double] = []
    var covered = 0
    for source in cells {
      for target in cells where target.spec != source.spec || target.steps != source.steps {
        let measured = try SweepOptimum(of: target).baseLearningRate
        let answer = try TransferQuestion(
          from: TrainingRun(source.spec, steps: source.steps),
          to: TrainingRun(target.spec, steps: target.steps),
          source: .swept(SweepOptimum(of: source)), rule: rule
        ).answer()
        let predicted = try #require(answer.to.baseLearningRate)
        let interval = try #require(answer.interval)
        errors.append(abs(log(predicted / measured)))
        widths.append(interval.upperBound / interval.lowerBound)
        if interval.contains(measured) { covered += 1 }
      }
    }
    let mean = errors.reduce(0, +) / Double(errors.count)
    let worst = errors.max() ?? 0
    let width = widths.sorted()[widths.count / 2]
    print(
      "rule \(rule.name): mean |ln error| \(mean), worst \(worst), \(covered) of \(errors.count) covered, median width \(width)"
    )
    #expect(errors.count == 30)
    if rule == .standard() {
      #expect(mean < 0.1 && worst < 0.25)
      #expect(Double(covered) >= 0.8 * Double(errors.count) && width < 2.5)
    }
  }
}
