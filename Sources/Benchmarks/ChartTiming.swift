import Charts
import Glibc

/// How long a picture of many points takes.
enum ChartTiming {
  static func print() {
    Swift.print("\na picture of a noisy curve")
    Swift.print("| points | SVG | its size | in the terminal |")
    Swift.print("|---|---|---|---|")
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
      Swift.print(
        "| \(count) | \(text(seconds: svg)) | \(size / 1000) kB | \(text(seconds: terminal)) |")
    }
  }
}
