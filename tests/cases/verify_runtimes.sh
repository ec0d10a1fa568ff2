# The kernel's own maps after each call of programs with threads and processes of their own making.
# shellcheck shell=bash
. "$TOP/tests/lib/verify.sh"

cat >pool.py <<'EOF2'
import multiprocessing, threading
def work(n):
    return len(bytes(n * 10000))
if __name__ == "__main__":
    with multiprocessing.Pool(4) as pool:
        thread = threading.Thread(target=work, args=(5000,))
        thread.start()
        print(sum(pool.map(work, range(200))))
        thread.join()
EOF2
verify python /usr/bin/python3 pool.py
equal "python's sum" "$(cat python.out)" 199000000

# shellcheck disable=SC2016 # for the inner shell
verify bash bash -c 'for i in 1 2 3; do seq 1000 | sort -rn | awk "{ print \$1 * i }" i=$i | grep 1 | wc -l; done
	cat <(echo a) <(echo b) | tr a-z A-Z'

if command -v node >/dev/null; then
	cat >workers.js <<'EOF2'
const { Worker, isMainThread } = require('worker_threads');
if (isMainThread) {
	for (let i = 0; i < 4; i++) new Worker(__filename);
} else {
	const kept = [];
	for (let i = 0; i < 100000; i++) kept.push({ i, s: 'x' + i });
	new Uint8Array(5e6).fill(1);
}
EOF2
	verify node node workers.js
fi

# A source file needs the compiler's module, which runtimes for servers have, too.
if command -v java >/dev/null; then
	cat >Threads.java <<'EOF2'
public class Threads {
	public static void main(String[] args) throws Exception {
		Thread[] threads = new Thread[8];
		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(() -> {
				byte[][] kept = new byte[100][];
				for (int j = 0; j < 2000; j++)
					kept[j % 100] = new byte[10000];
			});
			threads[i].start();
		}
		for (Thread t : threads)
			t.join();
		System.out.println("all done");
	}
}
EOF2
	verify java java Threads.java
	equal "java's word" "$(cat java.out)" "all done"
fi
