import Foundation
import Testing

/// What each target may import, and how many files a folder holds.
@Suite struct LayerTests {
  static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources").standardizedFileURL

  /// The package's targets with the layers right below them; what those import is allowed, too.
  static let layers: [String: Set<String>] = [
    "Support": [], "Numerics": [], "Schedules": ["Support", "Numerics"], "Bound": ["Schedules"],
    "Tuning": ["Bound"], "TheoryModel": ["Schedules"], "Runs": ["Schedules"],
    "Transfer": ["Tuning", "TheoryModel", "Runs"], "Search": ["Tuning", "TheoryModel"],
    "Charts": [], "lrbound": ["Transfer", "Search", "Charts"],
  ]

  /// The targets that touch the system.
  static let withEssentials: Set = ["Runs", "Transfer", "Search", "lrbound"]

  /// The target's layers and all that is below them.
  static func allowed(_ target: String) -> Set<String> {
    (layers[target] ?? []).reduce(into: []) { $0.formUnion(allowed($1).union([$1])) }
  }

  /// The modules that the Swift files of a target import.
  private func imports(of target: String) throws -> Set<String> {
    let folder = Self.sources.appendingPathComponent(target)
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var modules: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard let match = line.prefixMatch(of: /(?:@?\w+ )*import (?:\w+ )?(\w+)/) else { continue }
        modules.insert(String(match.1))
      }
    }
    return modules
  }

  /// A folder shows at most fifteen Swift files, and a file at most 350 lines.
  @Test func sizes() throws {
    let files = try #require(
      FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
    var counts: [String: Int] = [:]
    for case let file as URL in files where file.pathExtension == "swift" {
      counts[file.deletingLastPathComponent().path, default: 0] += 1
      let lines = try String(contentsOf: file, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 351, "\(file.lastPathComponent)")
    }
    #expect(counts.count > 20)
    for (folder, count) in counts { #expect(count <= 15, "\(folder)") }
  }

  @Test func importsPointDownwards() throws {
    let targets = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
      .filter { !$0.hasPrefix(".") && $0 != "Benchmarks" }
    #expect(Set(targets) == Set(Self.layers.keys))
    for target in targets {
      var system: Set = ["Glibc", "Dispatch", "Synchronization"]
      if Self.withEssentials.contains(target) { system.insert("FoundationEssentials") }
      if target == "lrbound" { system.insert("ArgumentParser") }
      let surplus = try imports(of: target).subtracting(Self.allowed(target)).subtracting(system)
      #expect(surplus.isEmpty, "\(target)")
    }
  }
}
