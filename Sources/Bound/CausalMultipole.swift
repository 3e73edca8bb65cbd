import Dispatch
import Glibc

/// The causal Cauchy sums Σ_{k<t} w_k/(P_t − P_k), t = 1…n, for positions P_t = η_1 + … + η_t, by a fast
/// multipole method on the line in O(n).
///
/// The steps are the points of a balanced binary tree's leaves. Distances are sums of positive gaps, never
/// differences of positions, so that a cooldown to 10⁻¹² of the peak keeps its digits. Far from a node its
/// points are replaced by charges at Chebyshev nodes, and potentials are interpolated from such nodes.
///
/// One thread owns each half of the tree and makes every addition to its targets in a fixed order, so that
/// the bits do not depend on the number of threads.
final class CausalMultipole: @unchecked Sendable {
  private static let nodeCount = ChebyshevBasis.count

  /// The most points of a leaf; for fewer points direct sums are cheaper than interpolation.
  private static let leafPoints = 64

  /// A node is far from anything at least this many of its lengths away.
  ///
  /// Interpolation on an interval with a pole s lengths away converges like ρ^−p, (ρ + 1/ρ)/2 = 1 + 2s; p =
  /// 16 nodes and s = 1.23 leave 2·10⁻¹⁴ (measured over eight schedules).
  private static let separation = 1.23

  private let count: Int
  private let leaves: Int
  private let basis = ChebyshevBasis()

  /// The steps η, and the norms G relative to the largest unless constant.
  private let steps: UnsafePointer<Double>
  private let norms: UnsafePointer<Double>?

  private let storage: UnsafeMutablePointer<Double>

  /// Per tree node (root 1, children of n at 2n and 2n + 1): the distance from its first to its last point,
  /// and from the preceding point to its first.
  private let extent: UnsafeMutablePointer<Double>
  private let link: UnsafeMutablePointer<Double>
  private let charges: UnsafeMutablePointer<Double>
  private let potentials: UnsafeMutablePointer<Double>

  /// Per point: its weight, distances to its leaf's last and from its leaf's first point, and the sum.
  private let weights: UnsafeMutablePointer<Double>
  private let toEnd: UnsafeMutablePointer<Double>
  private let fromStart: UnsafeMutablePointer<Double>
  private let sums: UnsafeMutablePointer<Double>

  private init(
    steps: UnsafePointer<Double>, count: Int, norms: UnsafePointer<Double>?,
    sums: UnsafeMutablePointer<Double>
  ) {
    self.steps = steps
    self.count = count
    self.norms = norms
    self.sums = sums
    var leaves = 1
    while leaves * Self.leafPoints < count { leaves *= 2 }
    self.leaves = leaves
    let nodes = 2 * leaves
    let points = Self.padded(count)
    storage = Self.allocate(count: (2 + 2 * Self.nodeCount) * nodes + 3 * points)
    extent = storage
    link = extent + nodes
    charges = link + nodes
    potentials = charges + nodes * Self.nodeCount
    weights = potentials + nodes * Self.nodeCount
    toEnd = weights + points
    fromStart = toEnd + points
  }

  deinit { free(storage) }

  /// Allocates doubles without initialising them; large pages save a quarter of a long run's total time.
  private static func allocate(count: Int) -> UnsafeMutablePointer<Double> {
    let bytes = count * MemoryLayout<Double>.stride
    let page = 1 << 21
    let isLarge = bytes >= 4 * page
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, isLarge ? page : 64, bytes) == 0, let memory else {
      preconditionFailure("no memory for \(bytes) bytes")
    }
    if isLarge { madvise(memory, bytes / page * page, MADV_HUGEPAGE) }
    return memory.bindMemory(to: Double.self, capacity: count)
  }

  /// Returns V_t = η_t G_t² + Σ_{k<t} η_k² G_k²/(P_t − P_k), t = 1…n, for η > 1e-100 and G relative to the
  /// largest norm.
  static func noiseSums(steps: [Double], norms: [Double]?, threads: Int) -> [Double] {
    let count = steps.count
    return [Double](unsafeUninitializedCapacity: padded(count)) { buffer, initialised in
      steps.withUnsafeBufferPointer { steps in
        guard let start = steps.baseAddress, let sums = buffer.baseAddress, count > 0 else {
          return
        }
        func run(_ norms: UnsafePointer<Double>?) {
          CausalMultipole(steps: start, count: count, norms: norms, sums: sums)
            .run(threads: threads)
        }
        if let norms {
          norms.withUnsafeBufferPointer { run($0.baseAddress) }
        } else {
          run(nil)
        }
      }
      initialised = count
    }
  }

  private static func padded(_ count: Int) -> Int { (count + 7) / 8 * 8 }

  /// The points of a leaf, a multiple of eight including padding at the very end.
  private func range(_ node: Int) -> Range<Int> {
    let groups = (count + 7) / 8
    let leaf = node - leaves
    return leaf * groups / leaves * 8..<(leaf + 1) * groups / leaves * 8
  }

  private func run(threads: Int) {
    guard leaves > 1 else {
      ascend(1)
      visit(1)
      return
    }
    func halves(_ work: @Sendable (Int) -> Void) {
      if threads > 1 {
        DispatchQueue.concurrentPerform(iterations: 2) { work(2 + $0) }
      } else {
        work(2)
        work(3)
      }
    }
    halves { [self] in ascend($0) }
    halves { [self] half in
      if half == 3 { accumulate(from: 2, to: 3, gap: link[3]) }
      visit(half)
    }
  }

  private func isLeaf(_ node: Int) -> Bool { node >= leaves }
  private func row(_ node: Int) -> Int { node * Self.nodeCount }

  // MARK: - Upward: distances and charges

  private func ascend(_ node: Int) {
    (charges + row(node)).initialize(repeating: 0, count: Self.nodeCount)
    (potentials + row(node)).initialize(repeating: 0, count: Self.nodeCount)
    if isLeaf(node) {
      let points = range(node)
      measure(points, of: node)
      basis.project(
        points: toEnd + points.lowerBound, charges: weights + points.lowerBound,
        count: points.count, shift: 0, length: extent[node], into: charges + row(node))
      return
    }
    let left = 2 * node
    let right = left + 1
    ascend(left)
    ascend(right)
    let offset = link[right] + extent[right]
    extent[node] = extent[left] + offset
    link[node] = link[left]
    project(left, shift: offset, into: node)
    project(right, shift: 0, into: node)
  }

  private func project(_ child: Int, shift: Double, into parent: Int) {
    withNodes(of: child) { points in
      basis.project(
        points: points, charges: charges + row(child), count: Self.nodeCount, shift: shift,
        length: extent[parent], into: charges + row(parent))
    }
  }

  /// Sets the distances, weights and own terms η_t G_t² of a leaf's points.
  private func measure(_ points: Range<Int>, of node: Int) {
    let end = min(points.upperBound, count)
    for index in points.lowerBound..<end {
      let norm = norms?[index] ?? 1
      let move = steps[index] * norm
      weights[index] = move * move
      sums[index] = move * norm
    }
    for index in end..<points.upperBound {
      weights[index] = 0
      sums[index] = 0
      toEnd[index] = 0
      fromStart[index] = 0
    }
    link[node] = steps[points.lowerBound]
    var distance = 0.0
    fromStart[points.lowerBound] = 0
    for index in Swift.stride(from: points.lowerBound + 1, to: end, by: 1) {
      distance += steps[index]
      fromStart[index] = distance
    }
    distance = 0
    toEnd[end - 1] = 0
    for index in Swift.stride(from: end - 2, through: points.lowerBound, by: -1) {
      distance += steps[index + 1]
      toEnd[index] = distance
    }
    extent[node] = distance
  }

  /// Passes a tree node's Chebyshev nodes as distances from either end.
  @inline(__always)
  private func withNodes(of node: Int, _ body: (UnsafePointer<Double>) -> Void) {
    let length = extent[node]
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.nodeCount) { points in
      for (index, position) in basis.nodes.enumerated() { points[index] = length * position }
      if let start = points.baseAddress { body(start) }
    }
  }

  // MARK: - Downward: interactions and potentials

  /// Adds the interactions within a node, then interpolates its potentials, which its ancestors have completed.
  private func visit(_ node: Int) {
    if isLeaf(node) {
      let points = range(node)
      CauchySums.addWithin(
        steps: steps + points.lowerBound, held: min(points.count, count - points.lowerBound),
        weights: weights + points.lowerBound, into: sums + points.lowerBound, size: points.count)
      basis.interpolate(
        values: potentials + row(node), points: fromStart + points.lowerBound, count: points.count,
        shift: 0, length: extent[node], into: sums + points.lowerBound)
      return
    }
    let left = 2 * node
    let right = left + 1
    accumulate(from: left, to: right, gap: link[right])
    interpolate(from: node, to: left, shift: 0)
    interpolate(from: node, to: right, shift: extent[left] + link[right])
    visit(left)
    visit(right)
  }

  /// Adds the effect of an earlier node on a later one, `gap` after it.
  private func accumulate(from source: Int, to target: Int, gap: Double) {
    let isSourceFar = gap >= Self.separation * extent[source]
    let isTargetFar = gap >= Self.separation * extent[target]
    if (isSourceFar || isLeaf(source)) && (isTargetFar || isLeaf(target)) {
      interact(source, isSourceFar, target, isTargetFar, gap: gap)
      return
    }
    let splitsSource =
      isLeaf(target) || (!isLeaf(source) && extent[source] >= extent[target])
    if splitsSource {
      let late = 2 * source + 1
      accumulate(from: 2 * source, to: target, gap: gap + extent[late] + link[late])
      accumulate(from: late, to: target, gap: gap)
    } else {
      let early = 2 * target
      accumulate(from: source, to: early, gap: gap)
      accumulate(
        from: source, to: early + 1, gap: gap + extent[early] + link[early + 1])
    }
  }

  private func interact(
    _ source: Int, _ isSourceFar: Bool, _ target: Int, _ isTargetFar: Bool, gap: Double
  ) {
    func act(_ positions: UnsafePointer<Double>, _ strengths: UnsafePointer<Double>, _ n: Int) {
      // A leaf with fewer points than Chebyshev nodes is cheaper directly.
      if isTargetFar && !(isLeaf(target) && range(target).count <= Self.nodeCount) {
        withNodes(of: target) { points in
          CauchySums.add(
            positions, strengths, n, gap: gap, points, Self.nodeCount,
            into: potentials + row(target))
        }
      } else {
        let points = range(target)
        CauchySums.add(
          positions, strengths, n, gap: gap, fromStart + points.lowerBound, points.count,
          into: sums + points.lowerBound)
      }
    }
    if isSourceFar && !(isLeaf(source) && range(source).count <= Self.nodeCount) {
      withNodes(of: source) { act($0, charges + row(source), Self.nodeCount) }
    } else {
      let points = range(source)
      act(toEnd + points.lowerBound, weights + points.lowerBound, points.count)
    }
  }

  private func interpolate(from parent: Int, to child: Int, shift: Double) {
    withNodes(of: child) { points in
      basis.interpolate(
        values: potentials + row(parent), points: points, count: Self.nodeCount, shift: shift,
        length: extent[parent], into: potentials + row(child))
    }
  }
}
