import Bound
import Charts
import Foundation
import Schedules
import Search
import Tuning

/// Prints the ratios of the speed contract, all measured in one run.
///
/// `swift run -c release Benchmarks` takes about a minute; the comparisons need python3 with numpy.
@main
enum Benchmarks {
  static let steps = [100_000, 1_000_000, 10_000_000]

  static func main() throws {
    guard let numpy = NumpyBaseline(steps: steps) else {
      print("python3 with numpy was not found: the ratios need it (pip install numpy)")
      return
    }
    try printOptimalBaseLearningRate(numpy)
    try printGivenValues(numpy)
    try printClosedForms()
    try printCurve(numpy)
    try printFreeForm()
    try ModelBenchmarks.print()
    try printLogReading()
    printCharts()
    try printShapeSearch(numpy)
    printWholeProcess()
  }

  private static func printFreeForm() throws {
    print("\nthe best schedule of all, from nothing")
    for steps in [1000, 10_000, 100_000] {
      var best: FreeFormSchedule?
      let seconds = try leastSeconds(runs: 2) { best = try FreeFormSchedule(steps: steps) }
      guard let best, let lower = best.lowerBound else { continue }
      let gap = (1 - lower / best.bound) * 1e9
      print(
        "- T = \(steps): \(text(seconds: seconds)), \(best.iterations) iterations at full length, certified "
          + "within \((gap * 10).rounded() / 10)e-9")
    }
  }

  /// Eight families, 4000 shapes each, 25 base learning rates: 800,000 recursions of 100 steps in 100 directions.
  private static func printShapeSearch(_ numpy: NumpyBaseline) throws {
    guard let row = numpy.row("recursion", "4000 shapes", 100) else { return }
    let recursion = LinearRegressionRecursion(try .harmonic(), steps: 100)
    var plan = SearchPlan(rates: SearchPlan.grid(0.5...50, count: 25))
    plan.shapes = 4000
    plan.finalists = 1
    let whole = row.seconds * Double(plan.families.count * plan.rates.count)
    print(
      "\na shape search on linear regression, 4000 shapes of eight families at 25 base learning rates; wanted ≥ 20×"
    )
    for jobs in [1, 2] {
      let runner = TrialRunner(recursion, jobs: jobs)
      let seconds = try leastSeconds(runs: 3) {
        _ = try ShapeSearch(plan, steps: 100) { try runner.outcomes(of: $0) }
      }
      print(
        "- \(jobs) at a time: \(text(seconds: seconds)), numpy \(text(seconds: whole)): "
          + text(ratio: whole / seconds))
    }
    // Excludes runs abandoned as diverged, so that both sides do the same work.
    let rates = (0..<100).map { 4 * Double(100 - $0) / 100 }
    let seconds = leastSeconds { for _ in 0..<4000 { _ = recursion.loss(of: rates) } }
    print("- 4000 stable recursions on one thread: \(text(ratio: row.seconds / seconds))")
  }

  private static func printCurve(_ numpy: NumpyBaseline) throws {
    guard let perPoint = numpy.row("curve", "wsd20", 10_000) else { return }
    print(
      "\nthe whole curve Ω_t, t = 1…T, against one numpy pass a point, T = 10⁴ extrapolated by T²")
    print("| schedule | T | one thread | two threads | ratio, one thread | wanted |")
    print("|---|---|---|---|---|---|")
    for name in ["wsd20", "cosine", "linear:min=1e-10"] {
      var times: [Int: Double] = [:]
      for steps in [100_000, 1_000_000, 10_000_000] {
        let schedule = try ScheduleSpec(name).schedule(steps: steps)
        let runs = 4
        let one = try leastSeconds(runs: runs) { _ = try BoundCurve(of: schedule, threads: 1) }
        let two = try leastSeconds(runs: runs) { _ = try BoundCurve(of: schedule, threads: 2) }
        times[steps] = one
        let scale = Double(steps) / 1e4
        let wanted = steps == 1_000_000 ? "≥ 5000×" : ""
        print(
          "| \(name) | \(steps) | \(text(seconds: one)) | \(text(seconds: two)) "
            + "| \(text(ratio: perPoint.seconds * scale * scale / one)) | \(wanted) |")
      }
      if let short = times[100_000], let long = times[10_000_000] {
        let exponent = (log(long / short) / log(100) * 1000).rounded() / 1000
        print("growth exponent from 10⁵ to 10⁷: \(exponent), wanted ≤ 1.1")
      }
    }
  }

  private static func printOptimalBaseLearningRate(_ numpy: NumpyBaseline) throws {
    print("γ* from a spec, realisation included, no closed form")
    print("| schedule | T | here | numpy, published way | lean numpy | its γ* is off by | wanted |")
    print("|---|---|---|---|---|---|---|")
    for name in ["linear", "wsd20", "cosine"] {
      for steps in steps {
        let spec = try ScheduleSpec(name)
        var gamma = 0.0
        let seconds = try leastSeconds {
          let schedule = try spec.schedule(steps: steps)
          gamma = try BoundTerms.lastIterate(of: schedule).optimalBaseLearningRate()
        }
        guard let published = numpy.row("published", name, steps),
          let lean = numpy.row("lean", name, steps)
        else { continue }
        let off = published.gamma.map { "\((($0 / gamma - 1) * 1e4).rounded() / 100) %" } ?? "NaN"
        let wanted = steps == 10_000_000 ? (name == "cosine" ? "≥ 20×" : "≥ 50×") : ""
        print(
          "| \(name) | \(steps) | \(text(seconds: seconds)) | \(text(ratio: published.seconds / seconds)) "
            + "| \(text(ratio: lean.seconds / seconds)) | \(off) | \(wanted) |")
      }
    }
  }

  private static func printGivenValues(_ numpy: NumpyBaseline) throws {
    print("\nγ* from given values, against numpy's reversed cumulative sum alone")
    print("| T | here | ratio | wanted |")
    print("|---|---|---|---|")
    for steps in steps {
      let values = try ScheduleSpec("linear").schedule(steps: steps).multipliers
      let schedule = try Schedule(values: values)
      let seconds = try leastSeconds(runs: 7) {
        _ = try BoundTerms.lastIterate(of: schedule).optimalBaseLearningRate()
      }
      guard let sum = numpy.row("cumsum", "linear", steps) else { continue }
      let wanted = steps == 10_000_000 ? "≥ 2.5×" : ""
      print(
        "| \(steps) | \(text(seconds: seconds)) | \(text(ratio: sum.seconds / seconds)) | \(wanted) |"
      )
    }
  }

  private static func printClosedForms() throws {
    print("\nγ* by the closed form, T = 10⁹")
    for name in ["constant", "linear", "wsd20"] {
      let spec = try ScheduleSpec(name)
      let seconds = leastSeconds(runs: 20) {
        _ = BoundTerms.closedForm(of: spec, steps: 1_000_000_000)
      }
      print("- \(name): \(text(seconds: seconds))")
    }
  }

  private static func printCharts() {
    print("\na picture of a noisy curve")
    print("| points | SVG | its size | in the terminal |")
    print("|---|---|---|---|")
    for count in [10_000, 1_000_000, 10_000_000] {
      let values = (0..<count).map { index -> Double in
        let step = Double(index)
        return 2 + sin(7.3 * step) / (1 + step / 1000)
      }
      let chart = Chart(
        title: "", x: ChartAxis("step"), y: ChartAxis("loss", spacing: .logarithmic),
        series: [ChartSeries("loss", x: .evenly(first: 1, spacing: 1), .line(values))])
      var size = 0
      let svg = leastSeconds(runs: 3) { size = chart.svg.utf8.count }
      let terminal = leastSeconds(runs: 3) { _ = chart.terminalText() }
      print(
        "| \(count) | \(text(seconds: svg)) | \(size / 1000) kB | \(text(seconds: terminal)) |")
    }
  }

  /// Times the `lrbound` beside this executable as a whole process.
  private static func printWholeProcess() {
    let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    let executable = folder.appendingPathComponent("lrbound")
    guard FileManager.default.isExecutableFile(atPath: executable.path) else {
      print("\nthe lrbound command is not built (swift build -c release)")
      return
    }
    print("\ntransfer as a whole process, wanted ≤ 50 ms at T = 10⁶")
    for steps in ["1e5", "1e6", "1e7"] {
      let arguments = [
        "transfer", "--from", "wsd20", "--to", "cosine", "--lr", "1e-3", "--steps", steps, "--json",
      ]
      let seconds = leastSeconds(runs: 10) { runQuietly(executable.path, arguments) }
      print("- T = \(steps), wsd20 to cosine: \(text(seconds: seconds))")
    }
    print("\nextend as a whole process, the free form included")
    for steps in ["1e5", "1e6"] {
      let arguments = ["extend", "--schedule", "wsd20", "--steps", "5e4", "--to-steps", steps]
      let seconds = leastSeconds(runs: 3) { runQuietly(executable.path, arguments) }
      print("- T2 = \(steps): \(text(seconds: seconds))")
    }
  }
}
