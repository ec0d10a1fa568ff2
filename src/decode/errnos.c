#include "decode/errnos.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "util/cleanup.h"

/* clang-format off */
static const struct str errno_names[] = {
#define E(name) [name] = STR_INIT(#name),
    E(EPERM) E(ENOENT) E(ESRCH) E(EINTR) E(EIO) E(ENXIO) E(E2BIG) E(ENOEXEC) E(EBADF)
    E(ECHILD) E(EAGAIN) E(ENOMEM) E(EACCES) E(EFAULT) E(ENOTBLK) E(EBUSY) E(EEXIST) E(EXDEV)
    E(ENODEV) E(ENOTDIR) E(EISDIR) E(EINVAL) E(ENFILE) E(EMFILE) E(ENOTTY) E(ETXTBSY) E(EFBIG)
    E(ENOSPC) E(ESPIPE) E(EROFS) E(EMLINK) E(EPIPE) E(EDOM) E(ERANGE) E(EDEADLK)
    E(ENAMETOOLONG) E(ENOLCK) E(ENOSYS) E(ENOTEMPTY) E(ELOOP) E(ENOMSG) E(EIDRM) E(ECHRNG)
    E(EL2NSYNC) E(EL3HLT) E(EL3RST) E(ELNRNG) E(EUNATCH) E(ENOCSI) E(EL2HLT) E(EBADE) E(EBADR)
    E(EXFULL) E(ENOANO) E(EBADRQC) E(EBADSLT) E(EBFONT) E(ENOSTR) E(ENODATA) E(ETIME) E(ENOSR)
    E(ENONET) E(ENOPKG) E(EREMOTE) E(ENOLINK) E(EADV) E(ESRMNT) E(ECOMM) E(EPROTO)
    E(EMULTIHOP) E(EDOTDOT) E(EBADMSG) E(EOVERFLOW) E(ENOTUNIQ) E(EBADFD) E(EREMCHG)
    E(ELIBACC) E(ELIBBAD) E(ELIBSCN) E(ELIBMAX) E(ELIBEXEC) E(EILSEQ) E(ERESTART) E(ESTRPIPE)
    E(EUSERS) E(ENOTSOCK) E(EDESTADDRREQ) E(EMSGSIZE) E(EPROTOTYPE) E(ENOPROTOOPT)
    E(EPROTONOSUPPORT) E(ESOCKTNOSUPPORT) E(EOPNOTSUPP) E(EPFNOSUPPORT) E(EAFNOSUPPORT)
    E(EADDRINUSE) E(EADDRNOTAVAIL) E(ENETDOWN) E(ENETUNREACH) E(ENETRESET) E(ECONNABORTED)
    E(ECONNRESET) E(ENOBUFS) E(EISCONN) E(ENOTCONN) E(ESHUTDOWN) E(ETOOMANYREFS) E(ETIMEDOUT)
    E(ECONNREFUSED) E(EHOSTDOWN) E(EHOSTUNREACH) E(EALREADY) E(EINPROGRESS) E(ESTALE)
    E(EUCLEAN) E(ENOTNAM) E(ENAVAIL) E(EISNAM) E(EREMOTEIO) E(EDQUOT) E(ENOMEDIUM)
    E(EMEDIUMTYPE) E(ECANCELED) E(ENOKEY) E(EKEYEXPIRED) E(EKEYREVOKED) E(EKEYREJECTED)
    E(EOWNERDEAD) E(ENOTRECOVERABLE) E(ERFKILL) E(EHWPOISON)
#undef E
};

static const struct str signal_names[] = {
#define S(name) [name] = STR_INIT(#name),
    S(SIGHUP) S(SIGINT) S(SIGQUIT) S(SIGILL) S(SIGTRAP) S(SIGABRT) S(SIGBUS) S(SIGFPE)
    S(SIGKILL) S(SIGUSR1) S(SIGSEGV) S(SIGUSR2) S(SIGPIPE) S(SIGALRM) S(SIGTERM) S(SIGSTKFLT)
    S(SIGCHLD) S(SIGCONT) S(SIGSTOP) S(SIGTSTP) S(SIGTTIN) S(SIGTTOU) S(SIGURG) S(SIGXCPU)
    S(SIGXFSZ) S(SIGVTALRM) S(SIGPROF) S(SIGWINCH) S(SIGIO) S(SIGPWR) S(SIGSYS)
#undef S
};
/* clang-format on */

/* "PREFIX" and the numbers 0 to 15 or the like: names for what has none of its own. */
#define NUMBERED(p, n)                                                                             \
	STR_INIT(p #n "0"), STR_INIT(p #n "1"), STR_INIT(p #n "2"), STR_INIT(p #n "3"),            \
	    STR_INIT(p #n "4"), STR_INIT(p #n "5"), STR_INIT(p #n "6"), STR_INIT(p #n "7"),        \
	    STR_INIT(p #n "8"), STR_INIT(p #n "9")

/* clang-format off */
#define HUNDRED(h)                                                                                 \
	NUMBERED("E" #h, 0), NUMBERED("E" #h, 1), NUMBERED("E" #h, 2), NUMBERED("E" #h, 3),        \
	NUMBERED("E" #h, 4), NUMBERED("E" #h, 5), NUMBERED("E" #h, 6), NUMBERED("E" #h, 7),        \
	NUMBERED("E" #h, 8), NUMBERED("E" #h, 9)
/* clang-format on */

struct str errno_name(int number)
{
	static const struct str low[] = {NUMBERED("E", 4), NUMBERED("E", 5)};
	static const struct str high[] = {
	    HUNDRED(1), HUNDRED(2), HUNDRED(3), HUNDRED(4), HUNDRED(5)};
	if (number > 0 && (size_t)number < countof(errno_names) && errno_names[number].len)
		return errno_names[number];
	/* One that leaks out of the kernel now and then: include/linux/errno.h. */
	if (number == 524)
		return STR("ENOTSUPP");
	if (number >= 40 && number < 60)
		return low[number - 40];
	if (number >= 100 && number < 540)
		return high[number - 100];
	return STR("EUNKNOWN");
}

const char *errno_meaning(struct str name)
{
	for (int i = 1; i < (int)countof(errno_names); i++) {
		if (errno_names[i].len && str_eq(errno_names[i], name))
			return strerrordesc_np(i);
	}
	return NULL;
}

struct str signal_name(int number)
{
	static const struct str realtime[] = {STR_INIT("SIGRTMIN"), STR_INIT("SIGRTMIN+1"),
	    STR_INIT("SIGRTMIN+2"), STR_INIT("SIGRTMIN+3"), STR_INIT("SIGRTMIN+4"),
	    STR_INIT("SIGRTMIN+5"), STR_INIT("SIGRTMIN+6"), STR_INIT("SIGRTMIN+7"),
	    STR_INIT("SIGRTMIN+8"), STR_INIT("SIGRTMIN+9"), NUMBERED("SIGRTMIN+", 1),
	    NUMBERED("SIGRTMIN+", 2), STR_INIT("SIGRTMIN+30")};
	if (number > 0 && (size_t)number < countof(signal_names))
		return signal_names[number];
	/* The C library keeps 32 and 33 for itself (signal(7)); kill -l counts from 34 too. */
	if (number == 32 || number == 33)
		return number == 32 ? STR("SIG32") : STR("SIG33");
	if (number >= 34 && (size_t)(number - 34) < countof(realtime))
		return realtime[number - 34];
	return STR("SIGUNKNOWN");
}
