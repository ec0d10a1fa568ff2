#include "web/assets.h"

const struct asset *assets_find(struct str path)
{
	for (unsigned i = 0; i < assets_n; i++) {
		if (str_is(path, assets[i].path))
			return &assets[i];
	}
	return NULL;
}
