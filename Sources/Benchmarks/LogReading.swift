import Foundation
import Runs

extension Benchmarks {
  /// Reads a log of a million rows, against a Python csv loop that converts the same three columns.
  static func printLogReading() throws {
    let rows = 1_000_000
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("lrbound-benchmark-\(ProcessInfo.processInfo.processIdentifier).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    var contents = "step,epoch,loss,lr,tokens\n"
    for step in 1...rows {
      let part = Double(step) / Double(rows)
      contents +=
        "\(step),\(part),\(2.5 + 1 / (1 + 9 * part)),\(3e-4 * (1 - part)),\(step * 524_288)\n"
    }
    try contents.write(to: file, atomically: false, encoding: .utf8)
    let seconds = try leastSeconds(runs: 3) { _ = try RunLog(contentsOf: file.path) }
    let program = """
      import csv, sys, time
      def read():
          with open(sys.argv[1], newline="") as file:
              rows = csv.reader(file)
              next(rows)
              return [(int(row[0]), float(row[2]), float(row[3])) for row in rows]
      least = float("inf")
      for _ in range(3):
          start = time.perf_counter()
          read()
          least = min(least, time.perf_counter() - start)
      print(least)
      """
    print("\na log of 10⁶ rows in CSV, read, sorted and checked, wanted about a second")
    let python = pythonSeconds(program, [file.path])
    let ratio = python.map { ", \(text(ratio: $0 / seconds)) as fast as Python's csv module" } ?? ""
    print("- \(text(seconds: seconds))\(ratio)")
  }
}
